//! Which features of WebAssembly a module uses, in the words of `wasm-opt`: those that it is told of are those that it may use itself.

use std::collections::BTreeSet;

use wasmparser::{Validator, WasmFeatures};

/// A feature: what of the validator's makes it up, and what `wasm-opt` calls it.
struct Feature {
    bits: WasmFeatures,
    name: &'static str,
    /// What it was called before it had that name, or a feature that has it within.
    earlier: Option<&'static str>,
}

/// Bulk memory is two features to some versions, and one to others.
const FEATURES: &[Feature] = &[
    feature(WasmFeatures::MUTABLE_GLOBAL, "mutable-globals", None),
    feature(WasmFeatures::SATURATING_FLOAT_TO_INT, "nontrapping-float-to-int", None),
    feature(WasmFeatures::SIGN_EXTENSION, "sign-ext", None),
    feature(WasmFeatures::REFERENCE_TYPES.difference(WasmFeatures::CALL_INDIRECT_OVERLONG), "reference-types", None),
    feature(WasmFeatures::MULTI_VALUE, "multivalue", None),
    feature(WasmFeatures::BULK_MEMORY.difference(WasmFeatures::BULK_MEMORY_OPT), "bulk-memory", None),
    feature(WasmFeatures::BULK_MEMORY, "bulk-memory-opt", Some("bulk-memory")),
    feature(WasmFeatures::SIMD.union(WasmFeatures::RELAXED_SIMD), "simd", None),
    feature(WasmFeatures::RELAXED_SIMD, "relaxed-simd", None),
    feature(WasmFeatures::TAIL_CALL, "tail-call", None),
    feature(WasmFeatures::THREADS, "threads", None),
    feature(WasmFeatures::MULTI_MEMORY, "multimemory", Some("multi-memories")),
    feature(WasmFeatures::EXCEPTIONS, "exception-handling", None),
    feature(WasmFeatures::MEMORY64, "memory64", None),
    feature(WasmFeatures::EXTENDED_CONST, "extended-const", None),
    feature(WasmFeatures::FUNCTION_REFERENCES.union(WasmFeatures::GC), "gc", None),
];

const fn feature(bits: WasmFeatures, name: &'static str, earlier: Option<&'static str>) -> Feature {
    Feature { bits, name, earlier }
}

/// The names of the features that a valid module uses: those that it is invalid without. Or the name of one that is not known.
pub(super) fn of(module: &[u8], known: &BTreeSet<String>) -> Result<BTreeSet<&'static str>, &'static str> {
    let mut names = BTreeSet::new();
    for Feature { bits, name, earlier } in FEATURES {
        let without = WasmFeatures::all().difference(*bits);
        if Validator::new_with_features(without).validate_all(module).is_err() {
            let spelling = [Some(*name), *earlier].into_iter().flatten().find(|spelling| known.contains(*spelling));
            names.insert(spelling.ok_or(*name)?);
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_text(text: &str, known: &[&str]) -> Result<Vec<&'static str>, &'static str> {
        let known = known.iter().map(|name| (*name).to_owned()).collect();
        of(&wat::parse_str(text).unwrap(), &known).map(|names| names.into_iter().collect())
    }

    const ALL: &[&str] = &[
        "mutable-globals",
        "nontrapping-float-to-int",
        "sign-ext",
        "reference-types",
        "multivalue",
        "bulk-memory",
        "bulk-memory-opt",
        "simd",
        "relaxed-simd",
        "tail-call",
        "multimemory",
        "exception-handling",
        "memory64",
        "extended-const",
        "gc",
    ];

    #[test]
    fn a_module_uses_what_it_is_invalid_without() {
        let none: [&str; 0] = [];
        assert_eq!(of_text("(module (func (export \"f\") (result i32) i32.const 1))", ALL).unwrap(), none);
        for (text, expected) in [
            ("(func (param i32) local.get 0 i32.extend8_s drop)", "sign-ext"),
            ("(func (param f32) local.get 0 i32.trunc_sat_f32_s drop)", "nontrapping-float-to-int"),
            ("(func (result i32 i32) i32.const 1 i32.const 2)", "multivalue"),
            ("(global (export \"g\") (mut i32) i32.const 1)", "mutable-globals"),
            ("(func (param externref))", "reference-types"),
            ("(memory 1) (func i32.const 0 i32.const 0 i32.const 0 memory.copy)", "bulk-memory-opt"),
            ("(func $f return_call $f)", "tail-call"),
            ("(func (param v128))", "simd"),
            ("(memory 1) (memory 1)", "multimemory"),
            ("(memory i64 1)", "memory64"),
            ("(global i32 (i32.add (i32.const 1) (i32.const 2)))", "extended-const"),
            ("(tag)", "exception-handling"),
        ] {
            assert_eq!(of_text(&format!("(module {text})"), ALL).unwrap(), [expected], "{text}");
        }
        let passive = "(module (memory 1) (data \"a\") (func i32.const 0 i32.const 0 i32.const 0 memory.init 0))";
        assert!(of_text(passive, ALL).unwrap().contains(&"bulk-memory"));
    }

    #[test]
    fn older_names_are_known_and_what_is_not_known_is_told() {
        let copy = "(module (memory 1) (func i32.const 0 i32.const 0 i32.const 0 memory.copy))";
        assert_eq!(of_text(copy, &["bulk-memory"]).unwrap(), ["bulk-memory"]);
        assert_eq!(of_text("(module (memory 1) (memory 1))", &["multi-memories"]).unwrap(), ["multi-memories"]);
        assert_eq!(of_text("(module (memory 1) (memory 1))", &["gc"]).unwrap_err(), "multimemory");
    }
}
