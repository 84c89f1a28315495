//! A family of modules: generated alike, optimized, and run beside what they were.

use std::collections::BTreeMap;

use arbitrary::Unstructured;
use mik_optimize::{Options, optimize};
use wasm_smith::Config;
use wasmtime::{Engine, Module, OptLevel, RegallocAlgorithm};

use crate::compared::{Tally, Traps, compare};
use crate::prepared::{Preparation, prepared};
use crate::random::Random;

/// How a family is generated, and what is done to it.
pub(crate) struct Family {
    pub(crate) name: &'static str,
    pub(crate) config: Config,
    pub(crate) options: Options,
    pub(crate) preparation: Preparation,
    /// What is added to each module before it is optimized.
    pub(crate) add: fn(Vec<u8>) -> Vec<u8>,
    pub(crate) traps: Traps,
    /// The passes that have to have found something in it.
    pub(crate) passes: &'static [&'static str],
}

/// How many of each family are run.
const CASES: u64 = 100;

/// An engine with all that the host has on. What it makes need not be fast, and numbers that are none are alike.
pub(crate) fn engine() -> Engine {
    let mut config = wasmtime::Config::new();
    config
        .consume_fuel(true)
        .cranelift_opt_level(OptLevel::None)
        .cranelift_regalloc_algorithm(RegallocAlgorithm::SinglePass)
        .cranelift_nan_canonicalization(true)
        .relaxed_simd_deterministic(true)
        .parallel_compilation(false)
        .max_wasm_stack(128 << 10)
        // Each memory would reserve gigabytes of addresses.
        .memory_reservation(0)
        .memory_reservation_for_growth(0);
    Engine::new(&config).unwrap()
}

/// Runs a hundred modules of a family, and checks that it was worth it.
pub(crate) fn run(family: &Family) {
    let engine = engine();
    let first =
        family.name.bytes().fold(7_u64, |seed, byte| seed.wrapping_mul(131).wrapping_add(u64::from(byte))) << 16;
    let first = std::env::var("GENERATED_SEED").map_or(first, |seed| first ^ (seed.parse::<u64>().unwrap() << 32));
    let cases_wanted = std::env::var("GENERATED_CASES").map_or(CASES, |cases| cases.parse().unwrap());
    let (mut cases, mut total) = (0, Tally::default());
    let mut refused: BTreeMap<String, usize> = BTreeMap::new();
    let mut saved: BTreeMap<&str, usize> = BTreeMap::new();
    for seed in first..first + 40 * cases_wanted {
        let bytes = Random(seed).bytes(8_000);
        let mut config = family.config.clone();
        config.allow_start_export &= seed % 8 == 0;
        let Ok(module) = wasm_smith::Module::new(config, &mut Unstructured::new(&bytes)) else { continue };
        let module = (family.add)(prepared(&module.to_bytes(), family.preparation, seed));
        // It makes some that the host does not take.
        let before = match Module::new(&engine, &module) {
            Ok(before) => before,
            Err(error) => {
                *refused.entry(format!("{error:#}").chars().take(90).collect::<String>()).or_default() += 1;
                continue;
            }
        };
        let fail = |said: String| -> ! {
            let path = std::env::temp_dir().join(format!("generated-{}-{seed:x}.wasm", family.name));
            let _ = std::fs::write(&path, &module);
            panic!("{}, seed {seed:#x}: {said}\nthe module is in {}", family.name, path.display())
        };
        let output = match optimize(&module, &family.options) {
            Ok(output) => output,
            Err(error) => fail(format!("{error:?}")),
        };
        let after = match Module::new(&engine, &output.bytes) {
            Ok(after) => after,
            Err(error) => fail(format!("the host refuses what the passes made: {error:?}")),
        };
        match compare(&engine, &before, &after, family.traps, seed) {
            Ok(None) => {
                *refused.entry("impossible".to_owned()).or_default() += 1;
                continue;
            }
            // One that ends as it is instantiated says little, and is not counted.
            Ok(Some(tally)) if tally.returned + tally.trapped == 0 => {
                *refused.entry("no calls".to_owned()).or_default() += 1;
                continue;
            }
            Ok(Some(tally)) => {
                total.returned += tally.returned;
                total.trapped += tally.trapped;
                total.endless += tally.endless;
                total.host_calls += tally.host_calls;
            }
            Err(said) => fail(said),
        }
        for statistic in output.statistics {
            *saved.entry(statistic.pass).or_default() += 1;
        }
        cases += 1;
        if cases == cases_wanted {
            break;
        }
    }
    let shown = format!("{}: {cases} modules, {total:?}, changed by {saved:?}, not counted {refused:?}", family.name);
    assert_eq!(cases, cases_wanted, "{shown}");
    assert!(total.returned >= 2 * cases as usize, "{shown}");
    for pass in family.passes {
        assert!(saved.contains_key(pass), "{pass} has found nothing: {shown}");
    }
    if std::env::var_os("GENERATED_SHOW").is_some() {
        eprintln!("{shown}");
    }
}
