//! The optimizer: bytes that begin as WebAssembly are taken as they are, all others become a module or a component by way of
//! `wasm-smith`. What comes out is valid, not larger and the same on a second run, and modules do the same as before.
#![no_main]

use arbitrary::Unstructured;
use libfuzzer_sys::fuzz_target;
use mik_fuzz::behaviour::check_behaviour;
use mik_optimize::{Error, Names, Options, Panic, optimize};
use wasm_smith::{Component, Config, Module};

fuzz_target!(|data: &[u8]| {
    if data.starts_with(b"\0asm") {
        // The length is as good as any other choice.
        check(data, options(data.len()));
        return;
    }
    let Some((first, rest)) = data.split_first() else { return };
    let mut input = Unstructured::new(rest);
    let options = options(usize::from(*first));
    match first >> 2 & 3 {
        0 => {
            if let Ok(component) = Component::new(Config::default(), &mut input) {
                check(&component.to_bytes(), options);
            }
        }
        1 => {
            let config = Config { max_memories: 3, max_tables: 4, generate_custom_sections: true, ..Config::default() };
            if let Ok(module) = Module::new(config, &mut input) {
                check(&module.to_bytes(), options);
            }
        }
        _ => {
            if let Ok(module) = Module::new(known_to_the_interpreter(*first), &mut input) {
                let module = module.to_bytes();
                if let Some(made) = check(&module, options) {
                    check_behaviour(&module, &made);
                }
            }
        }
    }
});

fn options(choice: usize) -> Options {
    Options {
        panic: if choice & 1 == 0 { Panic::Message } else { Panic::Trap },
        names: if choice & 2 == 0 { Names::Strip } else { Names::Keep },
    }
}

/// Small modules without what the interpreter does not know, and without imports: nobody is there to give any.
fn known_to_the_interpreter(choice: u8) -> Config {
    Config {
        gc_enabled: false,
        exceptions_enabled: false,
        threads_enabled: false,
        simd_enabled: false,
        relaxed_simd_enabled: false,
        canonicalize_nans: true,
        max_imports: 0,
        min_funcs: 2,
        max_funcs: 8,
        max_instructions: 60,
        min_exports: 2,
        allow_start_export: choice & 16 == 0,
        disallow_traps: choice & 32 == 0,
        export_everything: choice & 64 == 0,
        max_memories: 2,
        max_tables: 2,
        max_memory32_bytes: 1 << 17,
        max_memory64_bytes: 1 << 17,
        max_table_elements: 100,
        ..Config::default()
    }
}

/// What the passes make of valid input; nothing of what is not.
fn check(input: &[u8], options: Options) -> Option<Vec<u8>> {
    let output = match optimize(input, &options) {
        Ok(output) => output.bytes,
        Err(Error::InvalidInput(_) | Error::TooDeep { .. }) => return None,
        Err(error) => panic!("{error:?}"),
    };
    assert!(output.len() <= input.len(), "{} of {} bytes", output.len(), input.len());
    // What is not valid is no input either.
    let again = optimize(&output, &options).expect("what the passes made is valid").bytes;
    assert!(again == output, "a second run makes {} of {} bytes", again.len(), output.len());
    Some(output)
}
