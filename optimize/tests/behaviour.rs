//! Generated modules do the same before and after. `wasm-smith` makes them from fixed seeds, so that a failure can be had
//! again; `wasmi` runs them.

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
    let bytes = bytes(seed, 2048);
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
    let mut calls = 0;
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
            min_funcs: 3,
            max_funcs: 12,
            min_exports: 4,
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
        // Optimized code needs less fuel, so one run may come further than the other: then nothing can be said.
        if before.out_of_fuel || after.out_of_fuel {
            continue;
        }
        assert_eq!(before.seen, after.seen, "seed {seed}");
        calls += before.seen.len();
    }
    assert!(calls > 1000, "{calls} things were seen");
}

/// What an embedder sees of a module.
struct Run {
    seen: Vec<String>,
    out_of_fuel: bool,
}

fn run(module: &[u8]) -> Run {
    let mut config = wasmi::Config::default();
    config.consume_fuel(true).wasm_multi_memory(true).wasm_memory64(true).wasm_wide_arithmetic(true);
    config.wasm_tail_call(true).wasm_extended_const(true);
    let engine = Engine::new(&config);
    let mut seen = Vec::new();
    let mut out_of_fuel = false;
    let module = wasmi::Module::new(&engine, module).expect("the interpreter knows what was generated");
    let mut store = Store::new(&engine, ());
    store.set_fuel(1_000_000).expect("fuel is on");
    let instance = match Linker::<()>::new(&engine).instantiate_and_start(&mut store, &module) {
        Ok(instance) => instance,
        Err(error) => {
            let code = error.as_trap_code();
            out_of_fuel |= code == Some(wasmi::TrapCode::OutOfFuel);
            return Run { seen: vec![format!("no instance: {code:?}")], out_of_fuel };
        }
    };
    for export in module.exports() {
        let ExternType::Func(ty) = export.ty() else { continue };
        let Some(function) = instance.get_func(&store, export.name()) else { continue };
        for round in 0..2_u32 {
            let parameters: Vec<Val> = ty.params().iter().map(|ty| argument(*ty, round)).collect();
            let mut results: Vec<Val> = ty.results().iter().map(|ty| Val::default(*ty)).collect();
            store.set_fuel(1_000_000).expect("fuel is on");
            match function.call(&mut store, &parameters, &mut results) {
                Ok(()) => seen.push(format!("{} gives {:?}", export.name(), results.iter().map(show).collect::<Vec<_>>())),
                Err(error) => {
                    let code = error.as_trap_code();
                    // How deep a call may go depends on how many locals there are.
                    out_of_fuel |= matches!(
                        code,
                        Some(wasmi::TrapCode::OutOfFuel | wasmi::TrapCode::StackOverflow)
                    );
                    seen.push(format!("{} traps: {code:?}", export.name()));
                }
            }
        }
    }
    for export in module.exports() {
        if let Some(global) = instance.get_global(&store, export.name()) {
            seen.push(format!("{} is {}", export.name(), show(&global.get(&store))));
        } else if let Some(memory) = instance.get_memory(&store, export.name()) {
            let data = memory.data(&store);
            let sum = data.iter().fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(*byte)));
            seen.push(format!("{} holds {} bytes, {sum:x}", export.name(), data.len()));
        } else if let Some(table) = instance.get_table(&store, export.name()) {
            let size = table.size(&store);
            let slots: Vec<_> = (0..size).filter_map(|index| table.get(&store, index)).map(|slot| show(&slot)).collect();
            seen.push(format!("{} has {slots:?}", export.name()));
        }
    }
    Run { seen, out_of_fuel }
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
