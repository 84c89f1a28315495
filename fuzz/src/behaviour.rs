//! What an embedder sees of a module: results, traps, and what exported memories, globals and tables hold. `wasmi` runs it.

use wasmi::{Engine, ExternType, Linker, Store, Val, ValType};

/// What is seen of a run that was cut short, by its fuel or its stack.
const LOST: &str = "lost";

/// What a run may take: loops end here.
const FUEL: u64 = 5_000;

/// Runs both, and compares what is seen.
///
/// # Panics
///
/// Where it differs.
pub fn check_behaviour(before: &[u8], after: &[u8]) {
    // Optimized code needs less fuel and less stack, so one run may come further: no more can be said from there on.
    let Some(before) = run(before) else { return };
    let after = run(after).expect("what the interpreter knew it knows");
    let ends = |run: &[String]| run.iter().position(|seen| seen == LOST).unwrap_or(run.len());
    let end = ends(&before).min(ends(&after));
    assert_eq!(before[..end], after[..end]);
    if end == before.len() {
        assert_eq!(before.len(), after.len());
    }
}

/// Calls what is exported, in its order, twice; nothing, where the interpreter does not know what the module asks for.
fn run(module: &[u8]) -> Option<Vec<String>> {
    let mut config = wasmi::Config::default();
    config.consume_fuel(true).wasm_multi_memory(true).wasm_memory64(true);
    config.wasm_tail_call(true).wasm_extended_const(true);
    let engine = Engine::new(&config);
    let mut seen = Vec::new();
    let module = wasmi::Module::new(&engine, module).ok()?;
    let mut store = Store::new(&engine, ());
    store.set_fuel(FUEL).expect("fuel is on");
    let instance = match Linker::<()>::new(&engine).instantiate_and_start(&mut store, &module) {
        Ok(instance) => instance,
        Err(error) if error.as_trap_code().is_some() => return Some(vec![trap("instantiation", &error)]),
        Err(_) => return None,
    };
    for export in module.exports() {
        let ExternType::Func(ty) = export.ty() else { continue };
        let Some(function) = instance.get_func(&store, export.name()) else { continue };
        for round in 0..2 {
            let parameters: Vec<Val> = ty.params().iter().map(|ty| argument(*ty, round)).collect();
            let mut results: Vec<Val> = ty.results().iter().map(|ty| Val::default(*ty)).collect();
            store.set_fuel(FUEL).expect("fuel is on");
            seen.push(match function.call(&mut store, &parameters, &mut results) {
                Ok(()) => format!("{} gives {:?}", export.name(), results.iter().map(show).collect::<Vec<_>>()),
                Err(error) => trap(export.name(), &error),
            });
            seen.extend(state(&instance, &module, &store));
        }
    }
    seen.extend(state(&instance, &module, &store));
    Some(seen)
}

fn trap(name: &str, error: &wasmi::Error) -> String {
    match error.as_trap_code() {
        Some(wasmi::TrapCode::OutOfFuel | wasmi::TrapCode::StackOverflow) => LOST.to_owned(),
        code => format!("{name} traps: {code:?}"),
    }
}

/// What exported globals, memories and tables hold.
fn state(instance: &wasmi::Instance, module: &wasmi::Module, store: &Store<()>) -> Vec<String> {
    let mut seen = Vec::new();
    for export in module.exports() {
        if let Some(global) = instance.get_global(store, export.name()) {
            seen.push(format!("{} is {}", export.name(), show(&global.get(store))));
        } else if let Some(memory) = instance.get_memory(store, export.name()) {
            let data = memory.data(store);
            let mut digest = std::hash::DefaultHasher::new();
            std::hash::Hasher::write(&mut digest, data);
            let digest = std::hash::Hasher::finish(&digest);
            seen.push(format!("{} holds {} bytes, {digest:x}", export.name(), data.len()));
        } else if let Some(table) = instance.get_table(store, export.name()) {
            let slots: Vec<_> =
                (0..table.size(store)).filter_map(|index| table.get(store, index)).map(|slot| show(&slot)).collect();
            seen.push(format!("{} has {slots:?}", export.name()));
        }
    }
    seen
}

fn argument(ty: ValType, round: u32) -> Val {
    let is_first = round == 0;
    match ty {
        ValType::I32 => Val::I32(if is_first { 0 } else { -7 }),
        ValType::I64 => Val::I64(if is_first { 1 } else { i64::MIN }),
        ValType::F32 => Val::F32(if is_first { 0.5_f32 } else { -3.0 }.into()),
        ValType::F64 => Val::F64(if is_first { 2.5_f64 } else { -1e9 }.into()),
        other => Val::default(other),
    }
}

/// References are compared by whether there is one: functions may have become one.
fn show(value: &Val) -> String {
    match value {
        Val::I32(value) => format!("i32 {value}"),
        Val::I64(value) => format!("i64 {value}"),
        Val::F32(value) => format!("f32 {:x}", value.to_bits()),
        Val::F64(value) => format!("f64 {:x}", value.to_bits()),
        Val::FuncRef(value) => format!("function {}", value.is_null()),
        Val::ExternRef(value) => format!("host value {}", value.is_null()),
        other => format!("{other:?}"),
    }
}
