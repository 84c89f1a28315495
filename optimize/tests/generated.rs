//! Generated modules of all proposals stay valid, and a second run changes nothing. Whether they do the same is shown under
//! the host's own engine, by `tests/generated`.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking, its helpers too")]

use arbitrary::Unstructured;
use mik_optimize::{Options, optimize};
use wasm_smith::{Config, Module};

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
        let bytes = bytes(seed, 6000);
        let Ok(module) = Module::new(config, &mut Unstructured::new(&bytes)) else { continue };
        let module = module.to_bytes();
        let output = optimize(&module, &Options::default()).unwrap_or_else(|error| panic!("seed {seed}: {error:?}"));
        assert!(output.bytes.len() <= module.len(), "seed {seed}");
        let again = optimize(&output.bytes, &Options::default()).unwrap();
        assert_eq!(again.bytes, output.bytes, "seed {seed}");
        optimized += 1;
    }
    assert!(optimized > 400, "{optimized} modules");
}
