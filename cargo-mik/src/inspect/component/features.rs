//! Which features of WebAssembly a component needs, beyond what every engine has had for years.

use wasmparser::{Validator, WasmFeatures};

/// WebAssembly 2.0 without its vectors, and components as WASI 0.2 has them.
const BASE: WasmFeatures = WasmFeatures::WASM2.difference(WasmFeatures::SIMD).union(WasmFeatures::COMPONENT_MODEL);

/// What a component may need beyond that, what is rarest first. The names are those of wasm-tools, and of wasmtime's `-W`.
const OPTIONAL: &[(WasmFeatures, &str)] = &[
    (WasmFeatures::CM_CANON_NAMES, "cm-canon-names"),
    (WasmFeatures::CM_IMPLEMENTS, "cm-implements"),
    (WasmFeatures::CM64, "cm64"),
    (WasmFeatures::CM_MAP, "cm-map"),
    (WasmFeatures::CM_GC, "cm-gc"),
    (WasmFeatures::CM_FIXED_LENGTH_LISTS, "cm-fixed-length-lists"),
    (WasmFeatures::CM_ERROR_CONTEXT, "cm-error-context"),
    (WasmFeatures::CM_THREADING, "cm-threading"),
    (WasmFeatures::CM_MORE_ASYNC_BUILTINS, "cm-more-async-builtins"),
    (WasmFeatures::CM_ASYNC_STACKFUL, "cm-async-stackful"),
    (WasmFeatures::CM_NESTED_NAMES, "cm-nested-names"),
    (WasmFeatures::CM_VALUES, "cm-values"),
    (WasmFeatures::CM_ASYNC, "cm-async"),
    (WasmFeatures::CUSTOM_DESCRIPTORS, "custom-descriptors"),
    (WasmFeatures::COMPACT_IMPORTS, "compact-imports"),
    (WasmFeatures::STACK_SWITCHING, "stack-switching"),
    (WasmFeatures::MEMORY_CONTROL, "memory-control"),
    (WasmFeatures::SHARED_EVERYTHING_THREADS, "shared-everything-threads"),
    (WasmFeatures::WIDE_ARITHMETIC, "wide-arithmetic"),
    (WasmFeatures::CUSTOM_PAGE_SIZES, "custom-page-sizes"),
    (WasmFeatures::LEGACY_EXCEPTIONS, "legacy-exceptions"),
    (WasmFeatures::EXCEPTIONS, "exceptions"),
    (WasmFeatures::THREADS, "threads"),
    (WasmFeatures::MEMORY64, "memory64"),
    (WasmFeatures::MULTI_MEMORY, "multi-memory"),
    (WasmFeatures::GC, "gc"),
    (WasmFeatures::FUNCTION_REFERENCES, "function-references"),
    (WasmFeatures::TAIL_CALL, "tail-call"),
    (WasmFeatures::EXTENDED_CONST, "extended-const"),
    (WasmFeatures::RELAXED_SIMD, "relaxed-simd"),
    (WasmFeatures::SIMD, "simd"),
];

/// The features without which a valid file is not valid: what can be turned off one after the other, rarest first, is not
/// needed.
pub(super) fn needed(bytes: &[u8]) -> Vec<&'static str> {
    let is_valid = |features| Validator::new_with_features(features).validate_all(bytes).is_ok();
    if is_valid(BASE) {
        return Vec::new();
    }
    let mut features = WasmFeatures::all();
    let mut needed = Vec::new();
    for (feature, name) in OPTIONAL {
        let without = features.difference(*feature);
        if is_valid(without) {
            features = without;
        } else {
            needed.push(*name);
        }
    }
    needed.reverse();
    needed
}

/// Whether `mik`, and wasmtime 48 with its defaults, take a feature.
pub(super) fn host_has(name: &str) -> bool {
    OPTIONAL.iter().any(|(feature, known)| *known == name && mik_optimize::FEATURES.contains(*feature))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_module_needs_is_told_and_no_more() {
        for (text, expected) in [
            ("(module (memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 1))))", &[][..]),
            ("(module (func (drop (v128.const i64x2 0 0))))", &["simd"]),
            ("(module (memory 1 1 shared))", &["threads"]),
            ("(module (memory i64 1))", &["memory64"]),
            ("(module (tag) (func throw 0))", &["exceptions"]),
            ("(module (func (return_call 0)))", &["tail-call"]),
            ("(component (type (future)))", &["cm-async"]),
        ] {
            let bytes = wat::parse_str(text).unwrap();
            assert_eq!(needed(&bytes), expected, "{text}");
        }
        assert!(host_has("simd") && host_has("cm-async") && !host_has("custom-page-sizes"));
    }
}
