//! What the C library of wasm32-wasip2 says when one of its assertions fails: nothing, it traps.
//!
//! Its own `__assert_fail` prints with `printf`, floating-point numbers and all: a quarter of a small component, for a
//! message that says less than the backtrace of the trap. The linker takes this one because it sees it first.

#[allow(unsafe_code, reason = "a name that the C library looks for")]
#[unsafe(no_mangle)]
extern "C" fn __assert_fail(_: *const u8, _: *const u8, _: i32, _: *const u8) -> ! {
    core::arch::wasm32::unreachable()
}
