//! What can be seen of an instance: what calls give, and what memories, globals and tables hold.

use std::hash::Hasher;

use wasmtime::{Extern, Func, Ref, Store, Trap, Val};

use crate::random::Random;
use crate::world::{REFUSED, Side, World, value};

/// What became of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Returned(Vec<String>),
    Trapped(String),
    /// It was cut short, by its fuel or its stack: where it would have come to can't be known.
    Endless(Trap),
}

/// What an error says of code that ran; nothing, where none did.
pub(crate) fn describe(error: &wasmtime::Error) -> Option<Outcome> {
    if let Some(trap) = error.downcast_ref::<Trap>() {
        return Some(match trap {
            Trap::OutOfFuel | Trap::StackOverflow => Outcome::Endless(*trap),
            other => Outcome::Trapped(other.to_string()),
        });
    }
    let is_thrown = error.downcast_ref::<wasmtime::ThrownException>().is_some();
    match error.root_cause().to_string() {
        _ if is_thrown => Some(Outcome::Trapped("an exception is thrown".to_owned())),
        said if said == REFUSED => Some(Outcome::Trapped(said)),
        _ => None,
    }
}

/// References are compared by whether there is one: functions may have become one.
pub(crate) fn show(value: &Val) -> String {
    match value {
        Val::I32(value) => format!("i32 {value}"),
        Val::I64(value) => format!("i64 {value}"),
        Val::F32(bits) => format!("f32 {bits:x}"),
        Val::F64(bits) => format!("f64 {bits:x}"),
        Val::V128(value) => format!("v128 {:x}", value.as_u128()),
        other => (if is_null(other) { "nothing" } else { "a reference" }).to_owned(),
    }
}

fn is_null(value: &Val) -> bool {
    matches!(
        value,
        Val::FuncRef(None) | Val::ExternRef(None) | Val::AnyRef(None) | Val::ExnRef(None) | Val::ContRef(None)
    )
}

impl Side {
    /// Calls a function with arguments that follow from the seed.
    pub(crate) fn call(&mut self, function: Func, fuel: u64, seed: u64) -> Option<Outcome> {
        let ty = function.ty(&self.store);
        let mut random = Random(seed);
        let mut arguments = Vec::new();
        for ty in ty.params() {
            arguments.push(value(&mut self.store, &ty, &mut random)?);
        }
        let mut results = vec![Val::I32(0); ty.results().len()];
        self.store.set_fuel(fuel).unwrap();
        Some(match function.call(&mut self.store, &arguments, &mut results) {
            Ok(()) => Outcome::Returned(results.iter().map(show).collect()),
            Err(error) => describe(&error).unwrap_or_else(|| panic!("{error:?}")),
        })
    }

    /// What exports, and all that was handed to it, hold now.
    pub(crate) fn state(&mut self) -> Vec<String> {
        let mut things = self.exports();
        things.extend(self.imports.iter().map(|(key, thing)| (format!("{}.{}", key.0, key.1), thing.clone())));
        things.iter().filter_map(|(name, thing)| state(&mut self.store, name, thing)).collect()
    }

    pub(crate) fn exports(&mut self) -> Vec<(String, Extern)> {
        let exports = self.instance.exports(&mut self.store);
        exports.map(|export| (export.name().to_owned(), export.into_extern())).collect()
    }

    /// The functions in tables that can be seen, by the table's name and the slot.
    pub(crate) fn slots(&mut self) -> Vec<(String, Func)> {
        let mut things = self.exports();
        things.extend(self.imports.iter().map(|(key, thing)| (format!("{}.{}", key.0, key.1), thing.clone())));
        let mut slots = Vec::new();
        for (name, thing) in things {
            let Extern::Table(table) = thing else { continue };
            for index in 0..table.size(&self.store) {
                if let Some(Ref::Func(Some(function))) = table.get(&mut self.store, index) {
                    slots.push((format!("{name}[{index}]"), function));
                }
            }
        }
        slots
    }
}

fn state(store: &mut Store<World>, name: &str, thing: &Extern) -> Option<String> {
    Some(match thing {
        Extern::Global(global) => format!("{name} is {}", show(&global.get(store))),
        Extern::Memory(memory) => {
            let data = memory.data(&*store);
            let mut digest = std::hash::DefaultHasher::new();
            digest.write(data);
            format!("{name} holds {} bytes, {:x}", data.len(), digest.finish())
        }
        Extern::Table(table) => {
            let size = table.size(&*store);
            let filled: String = (0..size)
                .map(|index| match table.get(&mut *store, index) {
                    Some(slot) if !slot.is_null() => '1',
                    _ => '0',
                })
                .collect();
            format!("{name} has {size} slots, {filled}")
        }
        _ => return None,
    })
}
