//! Generated modules and components do the same before the passes and after, under the host's own wasmtime. `wasm-smith` makes
//! them from fixed seeds, a hundred of each family. `GENERATED_SEED=N` takes others, `GENERATED_CASES=N` more, and `GENERATED_SHOW=1`
//! shows what was run (with `-- --nocapture`).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test fails by panicking, its helpers too"
)]

mod compared;
mod enclosed;
mod family;
mod observed;
mod prepared;
mod random;
mod world;

use mik_optimize::{Names, Options, Panic};
use wasm_smith::{Config, InstructionKind, InstructionKinds};

use self::compared::Traps;
use self::family::{Family, run};
use self::prepared::Preparation;

/// What all families have in common: memories and tables that a machine has.
fn config() -> Config {
    Config {
        gc_enabled: false,
        exceptions_enabled: false,
        threads_enabled: false,
        min_funcs: 4,
        max_funcs: 12,
        max_types: 20,
        max_instructions: 80,
        max_imports: 6,
        min_exports: 3,
        max_exports: 8,
        max_globals: 10,
        max_memories: 2,
        max_tables: 3,
        max_element_segments: 10,
        max_data_segments: 10,
        max_memory32_bytes: 1 << 17,
        max_memory64_bytes: 1 << 17,
        max_table_elements: 200,
        ..Config::default()
    }
}

const TWINS: Preparation = Preparation { has_twins: true, ends_in_traps: false };

fn family(name: &'static str, config: Config) -> Family {
    Family {
        name,
        config,
        options: Options::default(),
        preparation: Preparation::default(),
        add: |module| module,
        traps: Traps::Alike,
        passes: &["clean-code", "dead-code"],
    }
}

#[test]
fn modules_that_show_little_behave_as_before() {
    run(&Family {
        passes: &["clean-code", "dead-code", "merge-types"],
        ..family("little", Config { min_exports: 1, max_exports: 2, ..config() })
    });
}

#[test]
fn modules_that_export_everything_behave_as_before() {
    run(&Family { passes: &["clean-code"], ..family("everything", Config { export_everything: true, ..config() }) });
}

#[test]
fn modules_that_ask_the_host_for_much_behave_as_before() {
    run(&family("imports", Config { min_imports: 6, max_imports: 20, ..config() }));
}

#[test]
fn modules_that_call_through_tables_behave_as_before() {
    let allowed = [
        InstructionKind::Control,
        InstructionKind::NumericInt,
        InstructionKind::Parametric,
        InstructionKind::Reference,
        InstructionKind::Table,
        InstructionKind::Variable,
    ];
    run(&Family {
        preparation: TWINS,
        passes: &["clean-code", "dead-code", "merge-functions", "merge-types"],
        ..family(
            "tables",
            Config {
                min_tables: 2,
                max_tables: 4,
                min_element_segments: 4,
                allowed_instructions: InstructionKinds::new(&allowed),
                ..config()
            },
        )
    });
}

#[test]
fn modules_with_many_segments_behave_as_before() {
    let allowed = [
        InstructionKind::Control,
        InstructionKind::Memory,
        InstructionKind::NumericInt,
        InstructionKind::Parametric,
        InstructionKind::Variable,
    ];
    run(&Family {
        passes: &["clean-code", "dead-code", "pack-data"],
        ..family(
            "segments",
            Config {
                min_memories: 1,
                max_memories: 3,
                min_data_segments: 3,
                max_imports: 2,
                allowed_instructions: InstructionKinds::new(&allowed),
                ..config()
            },
        )
    });
}

#[test]
fn modules_that_never_trap_behave_as_before() {
    run(&family("calm", Config { disallow_traps: true, allow_start_export: false, ..config() }));
}

#[test]
fn modules_whose_functions_stand_twice_behave_as_before() {
    run(&Family {
        preparation: TWINS,
        passes: &["clean-code", "dead-code", "merge-functions"],
        ..family("twins", Config { max_imports: 3, max_exports: 12, ..config() })
    });
}

#[test]
fn modules_of_much_control_flow_behave_as_before() {
    let allowed = [InstructionKind::Control, InstructionKind::NumericInt, InstructionKind::Variable];
    run(&Family {
        passes: &["clean-code", "dead-code", "shape-branches"],
        ..family(
            "control",
            Config {
                max_instructions: 200,
                max_imports: 4,
                allowed_instructions: InstructionKinds::new(&allowed),
                ..config()
            },
        )
    });
}

#[test]
fn modules_that_keep_their_names_behave_as_before() {
    run(&Family {
        options: Options { names: Names::Keep, ..Options::default() },
        preparation: TWINS,
        passes: &["clean-code", "dead-code", "merge-functions"],
        ..family("names", Config { generate_custom_sections: true, ..config() })
    });
}

#[test]
fn modules_whose_functions_are_all_called_panics_trap_where_they_trapped() {
    run(&Family {
        options: Options { panic: Panic::Trap, ..Options::default() },
        preparation: Preparation { ends_in_traps: true, ..TWINS },
        add: named_panics,
        traps: Traps::Any,
        passes: &["trap-panics", "clean-code", "dead-code"],
        ..family("panics", Config { max_imports: 3, min_exports: 6, ..config() })
    });
}

/// The same module, in which every function is called what the standard library's way into a panic is called: only what its code
/// shows says then which of them may be cut.
fn named_panics(mut module: Vec<u8>) -> Vec<u8> {
    use wasm_encoder::Section;
    let (mut functions, mut names) = (0, wasm_encoder::NameMap::new());
    for payload in wasmparser::Parser::new(0).parse_all(&module) {
        match payload.unwrap() {
            wasmparser::Payload::ImportSection(section) => {
                let is_function = |import: &wasmparser::Import<'_>| matches!(import.ty, wasmparser::TypeRef::Func(_));
                functions += section.into_imports().filter(|import| is_function(import.as_ref().unwrap())).count();
            }
            wasmparser::Payload::FunctionSection(section) => functions += section.count() as usize,
            _ => {}
        }
    }
    for index in 0..functions as u32 {
        names.append(index, "core::panicking::panic_fmt");
    }
    let mut section = wasm_encoder::NameSection::new();
    section.functions(&names);
    section.append_to(&mut module);
    module
}

#[test]
fn modules_within_components_behave_as_before() {
    enclosed::run(&Config { max_imports: 0, disallow_traps: true, min_exports: 4, max_exports: 12, ..config() });
}
