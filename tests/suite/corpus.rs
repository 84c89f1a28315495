//! Components that have what compilers seldom make, written in `tests/corpus/components`: what their functions give, and where
//! they trap, is the same with all passes and with each alone. What others' tools make is served by `.ci/corpus`.

use std::path::Path;

use mik_optimize::{Names, Options, Panic, optimize, passes, run_pass};
use mik_tests::Program;
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, ComponentExportIndex, Func, Instance, Linker, Type, Val};
use wasmtime::{Config, Engine, Store, Trap};

/// How often each function is called, each time with other values.
const ROUNDS: usize = 12;

fn components() -> Vec<(String, Vec<u8>)> {
    let directory = Program::workspace().join("tests/corpus/components");
    let mut files: Vec<_> = fs_err::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let name = |path: &Path| path.file_stem().unwrap().to_string_lossy().into_owned();
    files.iter().map(|path| (name(path), wat::parse_file(path).unwrap_or_else(|error| panic!("{error}")))).collect()
}

fn engine() -> Engine {
    let mut config = Config::new();
    config.wasm_component_model(true).wasm_multi_memory(true).wasm_memory64(true).wasm_tail_call(true);
    Engine::new(&config).unwrap()
}

#[test]
fn what_components_do_is_the_same_with_all_passes_and_with_each_alone() {
    let engine = engine();
    let components = components();
    assert!(components.len() >= 4, "the components are there");
    for (name, before) in components {
        let seen = run(&engine, &before);
        let (values, traps) = seen.iter().partition::<Vec<_>, _>(|line| !line.contains(" traps: "));
        eprintln!("{name}: {} values, {} traps", values.len(), traps.len());
        assert!(!values.is_empty(), "{name} gives something: {traps:?}");
        for panic in [Panic::Message, Panic::Trap] {
            for names in [Names::Strip, Names::Keep] {
                let after = optimize(&before, &Options { panic, names }).unwrap().bytes;
                assert!(after.len() < before.len(), "{name}: {} of {} bytes", after.len(), before.len());
                assert_eq!(run(&engine, &after), seen, "{name}, panic {panic:?}, names {names:?}");
            }
        }
        for pass in passes() {
            let after = run_pass(pass, &before, &Options { panic: Panic::Trap, ..Options::default() }).unwrap().bytes;
            if after != before {
                assert_eq!(run(&engine, &after), seen, "{name}: {pass}");
            }
        }
    }
}

/// What a component gives when all that it exports is called, and called again.
fn run(engine: &Engine, bytes: &[u8]) -> Vec<String> {
    let component = Component::new(engine, bytes).unwrap_or_else(|error| panic!("{error:?}"));
    let mut names = Vec::new();
    for (name, export) in component.component_type().exports(engine) {
        functions(engine, vec![name.to_owned()], &export.ty, &mut names);
    }
    let instantiate = || {
        let mut store = Store::new(engine, ());
        let instance = Linker::new(engine).instantiate(&mut store, &component).unwrap();
        (store, instance)
    };
    let (mut store, mut instance) = instantiate();
    let mut seen = Vec::new();
    for round in 0..ROUNDS {
        for name in &names {
            let function = find(&mut store, instance, name);
            let ty = function.ty(&store);
            let values = |(at, (_, ty)): (usize, (&str, Type))| value(&ty, round + at * (round / 3));
            let Some(parameters) = ty.params().enumerate().map(values).collect::<Option<Vec<_>>>() else { continue };
            let mut results = vec![Val::Bool(false); ty.results().len()];
            match function.call(&mut store, &parameters, &mut results) {
                Ok(()) => seen.push(format!("{name:?} {parameters:?} gives {results:?}")),
                Err(error) => {
                    let trap =
                        error.downcast_ref::<Trap>().map_or_else(|| error.root_cause().to_string(), Trap::to_string);
                    seen.push(format!("{name:?} {parameters:?} traps: {trap}"));
                    // After a trap nothing of an instance may be called.
                    (store, instance) = instantiate();
                }
            }
        }
    }
    seen
}

/// The names of functions, within the instances that they are in.
fn functions(engine: &Engine, name: Vec<String>, item: &ComponentItem, names: &mut Vec<Vec<String>>) {
    match item {
        ComponentItem::ComponentFunc(_) => names.push(name),
        ComponentItem::ComponentInstance(instance) => {
            for (inner, export) in instance.exports(engine) {
                functions(engine, [name.as_slice(), &[inner.to_owned()]].concat(), &export.ty, names);
            }
        }
        _ => {}
    }
}

fn find(store: &mut Store<()>, instance: Instance, name: &[String]) -> Func {
    let mut index: Option<ComponentExportIndex> = None;
    for part in name {
        index = Some(instance.get_export_index(&mut *store, index.as_ref(), part).unwrap());
    }
    instance.get_func(&mut *store, index.unwrap()).unwrap()
}

/// A value of a type, another one in each round; nothing for types that values can't be made of.
fn value(ty: &Type, round: usize) -> Option<Val> {
    const NUMBERS: [i64; 9] = [0, 1, 2, 3, 5, -1, 255, 65_537, i32::MIN as i64];
    let number = NUMBERS[round % NUMBERS.len()];
    Some(match ty {
        Type::U32 => Val::U32(number as u32),
        Type::S32 => Val::S32(number as i32),
        Type::S64 => Val::S64(number),
        Type::Float32 => Val::Float32(number as f32 * 1.5),
        Type::Float64 => Val::Float64([0.0, -1.5, 1e300, 2.0, 1e10, -0.0, 12_345.678][round % 7]),
        Type::Char => Val::Char(['a', 'ä', '🧀', '\u{0}'][round % 4]),
        Type::String => {
            Val::String(["", "ascii", "ä and ÿ", "🧀 is cheese", "\u{0}ŉ", &"long ".repeat(700)][round % 6].to_owned())
        }
        Type::Variant(variant) => {
            let case = variant.cases().nth(round % variant.cases().len())?;
            let payload = match &case.ty {
                Some(ty) => Some(Box::new(value(ty, round)?)),
                None => None,
            };
            Val::Variant(case.name.to_owned(), payload)
        }
        _ => return None,
    })
}
