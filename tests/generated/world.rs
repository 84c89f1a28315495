//! What is around a module: imports that do the same each time, and a record of how they were called.

use std::sync::Mutex;

use wasmtime::{
    Caller, Engine, Extern, ExternType, Func, FuncType, HeapType, Instance, Module, Store, StoreLimits,
    StoreLimitsBuilder, Val, ValType,
};

use crate::observed::{Outcome, describe, show};
use crate::random::Random;

/// What a store knows: its bounds, and what the host's functions were called with.
pub(crate) struct World {
    limits: StoreLimits,
    pub(crate) trace: Vec<String>,
}

/// A module's name for something outside of it, and its type.
type Key = (String, String, String);

/// One of the two modules, in a store of its own.
pub(crate) struct Side {
    pub(crate) store: Store<World>,
    pub(crate) instance: Instance,
    /// Everything the original imports, whether this one does or not.
    pub(crate) imports: Vec<(Key, Extern)>,
}

/// What became of an instantiation.
pub(crate) enum Start {
    Running(Box<Side>),
    Ended(Outcome, Vec<String>),
    /// The host has not what it imports, or not enough of it.
    Impossible(String),
}

/// Instantiates a module in a world that has what `original` imports.
pub(crate) fn start(engine: &Engine, original: &Module, module: &Module, fuel: u64, seed: u64) -> Start {
    let limits = StoreLimitsBuilder::new().memory_size(1 << 20).table_elements(2_000).memories(100).tables(100).build();
    let mut store = Store::new(engine, World { limits, trace: Vec::new() });
    store.limiter(|world| &mut world.limits);
    store.set_fuel(fuel).unwrap();
    let mut imports: Vec<(Key, Extern)> = Vec::new();
    for import in original.imports() {
        let key = (import.module().to_owned(), import.name().to_owned(), kind(&import.ty()));
        if imports.iter().any(|(other, _)| *other == key) {
            continue;
        }
        let made = match import.ty() {
            ExternType::Func(ty) => Extern::Func(function(&mut store, ty, &key, seed)),
            other => match other.default_value(&mut store) {
                Ok(made) => made,
                Err(error) => return Start::Impossible(error.to_string()),
            },
        };
        imports.push((key, made));
    }
    let mut given = Vec::new();
    for import in module.imports() {
        let key = (import.module().to_owned(), import.name().to_owned(), kind(&import.ty()));
        match imports.iter().find(|(other, _)| *other == key) {
            Some((_, made)) => given.push(made.clone()),
            None => panic!("{key:?} is imported, and was not before"),
        }
    }
    match Instance::new(&mut store, module, &given) {
        Ok(instance) => Start::Running(Box::new(Side { store, instance, imports })),
        Err(error) => match describe(&error) {
            Some(outcome) => Start::Ended(outcome, std::mem::take(&mut store.data_mut().trace)),
            None => Start::Impossible(format!("{error:#}")),
        },
    }
}

pub(crate) fn kind(ty: &ExternType) -> String {
    match ty {
        ExternType::Func(ty) => ty.to_string(),
        other => format!("{other:?}"),
    }
}

/// A function of the host's: what it gives follows from its name and how often it was called. Now and then it traps.
fn function(store: &mut Store<World>, ty: FuncType, key: &Key, seed: u64) -> Func {
    let name = format!("{}.{}", key.0, key.1);
    let results: Vec<ValType> = ty.results().collect();
    let seed = name.bytes().fold(seed, |seed, byte| seed.wrapping_mul(31).wrapping_add(u64::from(byte)));
    let random = Mutex::new(Random(seed));
    Func::new(store, ty, move |mut caller: Caller<'_, World>, arguments, slots| {
        let shown: Vec<String> = arguments.iter().map(show).collect();
        caller.data_mut().trace.push(format!("{name}({})", shown.join(", ")));
        let mut random = random.lock().unwrap();
        if random.below(24) == 0 {
            return Err(wasmtime::Error::msg(REFUSED));
        }
        for (slot, ty) in slots.iter_mut().zip(&results) {
            *slot = value(&mut caller, ty, &mut random).ok_or_else(|| wasmtime::Error::msg(REFUSED))?;
        }
        Ok(())
    })
}

/// What the host's functions say when they don't do what they are asked for.
pub(crate) const REFUSED: &str = "the host refuses";

/// A value of a type: numbers at the edges more often than others, references to nothing where that may be.
pub(crate) fn value(mut store: impl wasmtime::AsContextMut, ty: &ValType, random: &mut Random) -> Option<Val> {
    let number = match random.below(6) {
        0 => 0,
        1 => random.below(8) as u64,
        2 => (random.below(8) as u64).wrapping_neg(),
        3 => 1 << random.below(64),
        4 => random.below(70_000) as u64,
        _ => random.next(),
    };
    Some(match ty {
        ValType::I32 => Val::I32(number as i32),
        ValType::I64 => Val::I64(number as i64),
        ValType::F32 => Val::F32((number as i64 as f32).to_bits()),
        ValType::F64 => Val::F64((number as i64 as f64 / 4.0).to_bits()),
        ValType::V128 => Val::V128((u128::from(number) << 64 | u128::from(random.next())).into()),
        ValType::Ref(reference) if reference.is_nullable() && number & 1 == 0 => Val::default_for_ty(ty)?,
        ValType::Ref(reference) => {
            let ty = match reference.heap_type() {
                HeapType::Func => FuncType::new(store.as_context().engine(), [], [ValType::I32]),
                HeapType::ConcreteFunc(ty) => ty.clone(),
                _ => return Val::default_for_ty(ty),
            };
            let results: Vec<ValType> = ty.results().collect();
            Val::FuncRef(Some(Func::new(&mut store, ty, move |mut caller: Caller<'_, _>, _, slots| {
                for (slot, ty) in slots.iter_mut().zip(&results) {
                    *slot = value(&mut caller, ty, &mut Random(7)).ok_or_else(|| wasmtime::Error::msg(REFUSED))?;
                }
                Ok(())
            })))
        }
    })
}
