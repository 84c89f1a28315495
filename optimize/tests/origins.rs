//! Each instruction of what the passes make is known to be one of what they were given, and no call and nothing that can trap
//! comes from nowhere.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking, its helpers too")]

use std::path::{Path, PathBuf};

use arbitrary::Unstructured;
use mik_optimize::{Error, ModuleOrigins, Names, Options, Panic, Positions, optimize, optimize_further};
use wasmparser::{Operator, Parser, Payload};

const OPTIONS: [Options; 2] =
    [Options { panic: Panic::Message, names: Names::Strip }, Options { panic: Panic::Trap, names: Names::Strip }];

/// The instructions of each function, in words.
fn instructions(module: &[u8]) -> Vec<Vec<String>> {
    let mut functions = Vec::new();
    for payload in Parser::new(0).parse_all(module) {
        let Payload::CodeSectionEntry(body) = payload.unwrap() else { continue };
        functions.push(body.get_operators_reader().unwrap().into_iter().map(|it| words(&it.unwrap())).collect());
    }
    functions
}

/// An instruction without the numbers that passes give anew: of functions, types, locals, labels.
fn words(operator: &Operator<'_>) -> String {
    let text = format!("{operator:?}");
    let constant = matches!(
        operator,
        Operator::I32Const { .. } | Operator::I64Const { .. } | Operator::F32Const { .. } | Operator::F64Const { .. }
    );
    if constant { text } else { text.split([' ', '{', '(']).next().unwrap_or_default().to_owned() }
}

/// Whether where an instruction is can be seen: in a backtrace.
fn is_seen(name: &str) -> bool {
    let traps = ["Div", "Rem", "Trunc", "Load", "Store", "Memory", "Table", "Data", "Elem", "Throw", "Call", "Ref"];
    let only_reads = ["MemorySize", "TableSize", "RefNull", "RefFunc", "RefIsNull", "Sat", "F32Trunc", "F64Trunc"];
    name == "Unreachable"
        || name == "Loop"
        || traps.iter().any(|it| name.contains(it)) && !only_reads.iter().any(|it| name.contains(it))
}

/// Checks one module, and tells how many instructions that can be seen it has.
fn check(name: &str, module: &ModuleOrigins, options: &Options) -> usize {
    let (old, new) = (instructions(&module.original), instructions(&module.bytes));
    let positions = Positions::of(&module.original).unwrap();
    assert_eq!(new.len(), module.functions.len(), "{name}");
    let mut seen = 0;
    for (place, (operators, origins)) in new.iter().zip(&module.functions).enumerate() {
        assert_eq!(operators.len(), origins.positions().len(), "{name}: function {place}");
        let own = origins.function.unwrap();
        for (number, (operator, position)) in operators.iter().zip(origins.positions()).enumerate() {
            // Code of one function may be in another.
            let function_at = |position| positions.function_at(position).map(|index| index - positions.imported);
            let found = |position: u32| {
                let from = function_at(position)? as usize;
                Some((from, positions.functions[from].binary_search(&position).ok()?))
            };
            let there = || found(position?);
            // By calls that are known, up to the function that it lies in now.
            let mut around = position.and_then(function_at);
            for call in origins.inlined_from(number) {
                let (from, at) = found(call.unwrap()).unwrap();
                assert_eq!(old[from][at], "Call", "{name}: function {place}, {number}");
                around = Some(from as u32);
            }
            assert!(around.is_none_or(|it| it + positions.imported == own), "{name}: function {place}, {number}");
            if !is_seen(operator) {
                assert!(position.is_none() || there().is_some(), "{name}: function {place}, {number}");
                continue;
            }
            seen += 1;
            let (from, there) =
                there().unwrap_or_else(|| panic!("{name}: {operator} {number} of function {place} is lost"));
            let original = old[from][there].as_str();
            // A call of what does nothing but trap is a trap, and so is a panic as a whole.
            let is_same = original == operator
                || operator == "Unreachable"
                    && (matches!(original, "Call" | "ReturnCall") || options.panic == Panic::Trap && there == 0);
            assert!(is_same, "{name}: function {place}, {number}: {operator} was {original}");
        }
    }
    seen
}

fn check_all(name: &str, input: &[u8]) -> Result<usize, Error> {
    let mut seen = 0;
    for options in OPTIONS {
        let output = optimize(input, &options)?;
        seen += output.origins.modules.iter().map(|module| check(name, module, &options)).sum::<usize>();
        // As when a handler was composed: what is known goes on from there.
        let again = optimize_further(&output.bytes, &options, &output.origins)?;
        for (module, again) in output.origins.modules.iter().zip(&again.origins.modules) {
            assert_eq!(module.original, again.original, "{name}");
            assert_eq!(module.functions, again.functions, "{name}");
        }
    }
    Ok(seen)
}

#[allow(clippy::disallowed_methods, reason = "these files are the test's own")]
fn files(directory: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, into);
        } else if path.extension().is_some_and(|it| it == "wasm" || it == "wat") {
            into.push(path);
        }
    }
}

#[test]
fn instructions_of_every_file_in_the_repository_are_known() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut found = Vec::new();
    for directory in ["bridge/provider", "tests/components", "optimize/tests/cases"] {
        files(&root.join(directory), &mut found);
    }
    let seen: usize =
        found.iter().map(|file| check_all(&file.display().to_string(), &wat::parse_file(file).unwrap()).unwrap()).sum();
    assert!(seen > 1000, "{seen} instructions");
}

#[test]
fn instructions_of_generated_modules_are_known() {
    let mut seen = 0;
    for seed in 0..400_u64 {
        let mut state = seed;
        let bytes: Vec<u8> = (0..4096)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 33) as u8
            })
            .collect();
        let config = wasm_smith::Config {
            min_funcs: 5,
            max_funcs: 12,
            max_instructions: 100,
            export_everything: true,
            ..wasm_smith::Config::default()
        };
        let Ok(module) = wasm_smith::Module::new(config, &mut Unstructured::new(&bytes)) else { continue };
        match check_all(&format!("seed {seed}"), &module.to_bytes()) {
            // It makes some that no host takes.
            Err(Error::InvalidInput(_)) => {}
            checked => seen += checked.unwrap(),
        }
    }
    assert!(seen > 2000, "{seen} instructions");
}
