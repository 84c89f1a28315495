//! Binaryen's `wasm-opt` as a part of this program: the whole of it, with its own command line.

use std::ffi::{CString, OsString, c_char, c_int};
use std::process::ExitCode;

// Nothing of it is named: it is what links the code below.
extern crate wasm_opt_sys;

/// The first argument of this program that makes it `wasm-opt`.
pub const COMMAND: &str = "wasm-opt";

#[allow(unsafe_code, reason = "it is C++")]
unsafe extern "C" {
    fn wasm_opt_main(argc: c_int, argv: *const *const c_char) -> c_int;
}

/// Runs it. The arguments begin with its name.
#[allow(unsafe_code, reason = "it is C++")]
pub fn main(arguments: &[OsString]) -> ExitCode {
    // No argument that a system gives has a NUL in it.
    let arguments: Vec<CString> = arguments.iter().filter_map(|it| CString::new(it.as_encoded_bytes()).ok()).collect();
    let mut pointers: Vec<*const c_char> = arguments.iter().map(|it| it.as_ptr()).collect();
    let count = c_int::try_from(pointers.len()).unwrap_or(c_int::MAX);
    pointers.push(std::ptr::null());
    // SAFETY: as a C `main` wants it: as many strings as are said, each with its NUL, and a null pointer behind them, all alive
    // until it comes back. It catches what is thrown in it.
    let status = unsafe { wasm_opt_main(count, pointers.as_ptr()) };
    ExitCode::from(u8::try_from(status).unwrap_or(1))
}
