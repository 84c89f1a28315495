//! Which WebAssembly is accepted: that which wasmtime 48 accepts with its defaults, so that no pass can make what the host
//! refuses (compact imports, for one).

use wasmparser::{Parser, Payload, Validator, WasmFeatures};

use crate::error::Error;

/// The proposals that are on by default in wasmtime 48 (`Config::features` there).
pub const FEATURES: WasmFeatures =
    WasmFeatures::WASM3.union(WasmFeatures::COMPONENT_MODEL).union(WasmFeatures::CM_ASYNC);

/// Checks a module or a component, and everything in it.
pub(crate) fn validate(bytes: &[u8]) -> Result<(), wasmparser::Error> {
    Validator::new_with_features(FEATURES).validate_all(bytes).map(drop)
}

/// How deep components may be nested. Composition makes two or three levels; each takes stack here.
const MOST_LEVELS: usize = 64;

/// Checks that components are not nested without end.
pub(crate) fn bounded(bytes: &[u8]) -> Result<(), Error> {
    let mut level: usize = 0;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(Error::InvalidInput)? {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => level += 1,
            Payload::End(_) => level = level.saturating_sub(1),
            _ => {}
        }
        if level > MOST_LEVELS {
            return Err(Error::TooDeep { levels: MOST_LEVELS });
        }
    }
    Ok(())
}
