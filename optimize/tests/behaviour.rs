//! Generated modules do the same before and after. `wasm-smith` makes them from fixed seeds, so that a failure can be had
//! again; `wasmi` runs them.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking, its helpers too")]

use arbitrary::Unstructured;
use mik_optimize::{Options, optimize};
use wasm_smith::{Config, Module};
use wasmi::{Engine, ExternType, Linker, Store, Val, ValType};

/// Bytes that look random and are the same on every machine (SplitMix64).
fn bytes(seed: u64, count: usize) -> Vec<u8> {
    let mut state = seed;
    let mut bytes = Vec::with_capacity(count + 8);
    while bytes.len() < count {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut value = state;
        value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bytes.extend((value ^ (value >> 31)).to_le_bytes());
    }
    bytes
}

fn generate(seed: u64, config: Config) -> Option<Vec<u8>> {
    let bytes = bytes(seed, 6000);
    Module::new(config, &mut Unstructured::new(&bytes)).ok().map(|module| module.to_bytes())
}

#[test]
fn generated_modules_of_all_proposals_stay_valid_and_a_second_run_changes_nothing() {
    let mut optimized = 0;
    for seed in 0..500 {
        let config = Config {
            max_memories: 3,
            max_tables: 4,
            max_imports: 10,
            max_funcs: 20,
            generate_custom_sections: true,
            ..Config::default()
        };
        let Some(module) = generate(seed, config) else { continue };
        let output = optimize(&module, &Options::default()).unwrap_or_else(|error| panic!("seed {seed}: {error:?}"));
        assert!(output.bytes.len() <= module.len(), "seed {seed}");
        let again = optimize(&output.bytes, &Options::default()).unwrap();
        assert_eq!(again.bytes, output.bytes, "seed {seed}");
        optimized += 1;
    }
    assert!(optimized > 400, "{optimized} modules");
}

#[test]
fn generated_modules_behave_as_before() {
    let (mut results, mut traps, mut whole) = (0, 0, 0);
    for seed in 1000..2000 {
        let config = Config {
            // What the interpreter knows.
            gc_enabled: false,
            exceptions_enabled: false,
            threads_enabled: false,
            simd_enabled: false,
            relaxed_simd_enabled: false,
            canonicalize_nans: true,
            max_imports: 0,
            min_funcs: 5,
            max_funcs: 12,
            max_instructions: 60,
            allow_start_export: seed % 8 == 0,
            disallow_traps: seed % 4 == 0,
            min_exports: 4,
            // With all exported nothing is dead, and each global that is written can be seen.
            export_everything: seed % 2 == 0,
            max_memories: 2,
            max_tables: 2,
            max_memory32_bytes: 1 << 18,
            max_memory64_bytes: 1 << 18,
            max_table_elements: 1000,
            ..Config::default()
        };
        let Some(module) = generate(seed, config) else { continue };
        let output = optimize(&module, &Options::default()).unwrap_or_else(|error| panic!("seed {seed}: {error:?}"));
        let (before, after) = (run(&module), run(&output.bytes));
        // Optimized code needs less fuel and less stack, so one run may come further: no more can be said from there on.
        let ends = |run: &[String]| run.iter().position(|seen| seen == LOST).unwrap_or(run.len());
        let end = ends(&before).min(ends(&after));
        assert_eq!(before[..end], after[..end], "seed {seed}");
        if end == before.len() {
            assert_eq!(before.len(), after.len(), "seed {seed}");
            whole += 1;
        }
        traps += before[..end].iter().filter(|seen| seen.contains(" traps: ")).count();
        results += before[..end].iter().filter(|seen| seen.contains(" gives ")).count();
    }
    assert!(
        results > 1000 && traps > 500 && whole > 600,
        "{results} results, {traps} traps, {whole} modules to their end"
    );
}

/// What is seen of a run that was cut short, by its fuel or its stack.
const LOST: &str = "lost";

/// What an embedder sees of a module.
fn run(module: &[u8]) -> Vec<String> {
    let mut config = wasmi::Config::default();
    config.consume_fuel(true).wasm_multi_memory(true).wasm_memory64(true).wasm_wide_arithmetic(true);
    config.wasm_tail_call(true).wasm_extended_const(true);
    let engine = Engine::new(&config);
    let mut seen = Vec::new();
    let module = wasmi::Module::new(&engine, module).expect("the interpreter knows what was generated");
    let mut store = Store::new(&engine, ());
    store.set_fuel(FUEL).expect("fuel is on");
    let instance = match Linker::<()>::new(&engine).instantiate_and_start(&mut store, &module) {
        Ok(instance) => instance,
        Err(error) => return vec![trap("instantiation", &error)],
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
    seen
}

const FUEL: u64 = 20_000;

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
            let set = data.iter().enumerate().filter(|(_, byte)| **byte != 0);
            let sum = set
                .fold(0_u64, |sum, (at, byte)| sum.wrapping_mul(31).wrapping_add(at as u64 ^ (u64::from(*byte) << 32)));
            seen.push(format!("{} holds {} bytes, {sum:x}", export.name(), data.len()));
        } else if let Some(table) = instance.get_table(store, export.name()) {
            let slots: Vec<_> =
                (0..table.size(store)).filter_map(|index| table.get(store, index)).map(|slot| show(&slot)).collect();
            seen.push(format!("{} has {slots:?}", export.name()));
        }
    }
    seen
}

fn argument(ty: ValType, round: u32) -> Val {
    match ty {
        ValType::I32 => Val::I32([0, -7][round as usize]),
        ValType::I64 => Val::I64([1, i64::MIN][round as usize]),
        ValType::F32 => Val::F32([0.5_f32, -3.0][round as usize].into()),
        ValType::F64 => Val::F64([2.5_f64, -1e9][round as usize].into()),
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
