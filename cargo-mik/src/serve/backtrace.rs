//! Traps as their developer wants to read them: what happened, then where in the source, without the machinery that
//! lies between a panic and its trap.

use std::fmt::Write as _;

use wasmtime::{FrameInfo, WasmBacktrace};

/// What names of the machinery begin with.
const MACHINERY: &[&str] = &["std::", "core::", "alloc::", "__rust", "rust_", "_export_", "export_"];

/// Where sources of the machinery lie: the standard library's, wherever it was built, and those of dependencies.
const LIBRARIES: &[&str] = &["/library/std/src/", "/library/core/src/", "/library/alloc/src/", "/.cargo/registry/src/"];

/// The most frames that are told.
const FRAMES_MOST: usize = 16;

/// What happened, and where.
pub(super) fn describe(error: &wasmtime::Error) -> String {
    let mut text = cause(error);
    let places = places(error);
    let own: Vec<&Place> = places.iter().filter(|place| !place.is_machinery()).collect();
    // A stripped component has no names, hence nothing that could be told apart.
    let told = if own.is_empty() { places.iter().collect() } else { own };
    for place in told.iter().take(FRAMES_MOST) {
        // Writing to a string does not fail.
        let _ = write!(text, "\n    at {}", place.name);
        // Where there is no source, `cargo mik symbolicate` finds it by the address.
        match (place.source(), place.address) {
            (Some(source), _) => drop(write!(text, " ({source})")),
            (None, Some(address)) => drop(write!(text, " ({address:#x})")),
            (None, None) => {}
        }
    }
    if told.len() > FRAMES_MOST {
        let _ = write!(text, "\n    … {} more", told.len() - FRAMES_MOST);
    }
    text
}

/// The innermost cause: what is around it says only that wasm was running.
pub(super) fn cause(error: &wasmtime::Error) -> String {
    error.root_cause().to_string()
}

/// The functions that were running, the innermost first; none where no wasm was.
pub(super) fn places(error: &wasmtime::Error) -> Vec<Place> {
    let frames = error.downcast_ref::<WasmBacktrace>().map(WasmBacktrace::frames).unwrap_or_default();
    frames.iter().flat_map(places_of).collect()
}

/// A function in the source, or in the code where there is no source.
pub(super) struct Place {
    /// As the source has it.
    pub(super) name: String,
    /// The source, where it is known.
    pub(super) file: Option<String>,
    pub(super) line: Option<u32>,
    /// Where in the component's file.
    address: Option<usize>,
}

impl Place {
    /// Whether it is a part of the standard library, of a dependency, or of what lies between a panic and its trap.
    pub(super) fn is_machinery(&self) -> bool {
        let library = |source: &String| LIBRARIES.iter().any(|library| source.contains(library));
        self.name == "abort"
            || MACHINERY.iter().any(|machinery| self.name.starts_with(machinery))
            || self.file.as_ref().is_some_and(library)
    }

    /// File and line.
    fn source(&self) -> Option<String> {
        let file = self.file.as_ref()?;
        Some(self.line.map_or_else(|| file.clone(), |line| format!("{file}:{line}")))
    }
}

/// `std[817318a99c4d6251]::process::abort` as `std::process::abort`.
fn without_hashes(name: &str) -> String {
    let mut depth = 0_u32;
    name.chars()
        .filter(|c| {
            match c {
                '[' => depth += 1,
                ']' => depth = depth.saturating_sub(1),
                _ => return depth == 0,
            }
            false
        })
        .collect()
}

/// Inlined functions have one frame and several places.
fn places_of(frame: &FrameInfo) -> Vec<Place> {
    let function = frame.func_name().map_or_else(|| format!("function {}", frame.func_index()), demangle);
    let address = frame.module_offset();
    let symbols: Vec<Place> = frame
        .symbols()
        .iter()
        .map(|symbol| {
            let name = symbol.name().map_or_else(|| function.clone(), demangle);
            Place { name, file: symbol.file().map(str::to_owned), line: symbol.line(), address }
        })
        .collect();
    if symbols.is_empty() { vec![Place { name: function, file: None, line: None, address }] } else { symbols }
}

/// The name as in the source, without the hash that makes it unlike any other.
fn demangle(name: &str) -> String {
    without_hashes(&format!("{:#}", rustc_demangle::demangle(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_machinery(name: &str) -> bool {
        Place { name: demangle(name), file: None, line: None, address: None }.is_machinery()
    }

    #[test]
    fn machinery_is_told_from_the_users_code() {
        for name in ["abort", "std[817318a99c4d6251]::process::abort", "__rustc[b7974e8690430dd9]::rust_panic"] {
            assert!(is_machinery(name), "{name}");
        }
        for name in ["_ZN5probe12misbehaviour4trap17h8d5e42a2570b5939E", "handle", "stdlib::x", "exporter"] {
            assert!(!is_machinery(name), "{name}");
        }
    }

    #[test]
    fn names_are_as_in_the_source() {
        assert_eq!(demangle("_ZN5probe12misbehaviour4trap17h8d5e42a2570b5939E"), "probe::misbehaviour::trap");
    }
}
