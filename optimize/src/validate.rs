//! Which WebAssembly is accepted: that which wasmtime 48 accepts with its defaults, so that no pass can make what the host
//! refuses (compact imports, for one).

use wasmparser::{Validator, WasmFeatures};

/// The proposals that are on by default in wasmtime 48 (`Config::features` there).
pub(crate) const FEATURES: WasmFeatures =
    WasmFeatures::WASM3.union(WasmFeatures::COMPONENT_MODEL).union(WasmFeatures::CM_ASYNC);

/// Checks a module or a component, and everything in it.
pub(crate) fn validate(bytes: &[u8]) -> Result<(), wasmparser::Error> {
    Validator::new_with_features(FEATURES).validate_all(bytes).map(drop)
}
