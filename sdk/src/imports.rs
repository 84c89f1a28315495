//! What a handler calls in the components that it depends on: the bindings that its build script has made.

/// A module `bindings` with what the dependencies of the package export, as functions and types, and with what its own `wit/` says.
///
/// The package's `build.rs` makes them:
///
/// ```text
/// fn main() -> Result<(), mik_build::BuildError> {
///     mik_build::handler()
/// }
/// ```
///
/// and `src/lib.rs` has them, once and at its root:
///
/// ```text
/// mik_sdk::bindings!();
///
/// use bindings::shop::tax::rates;
///
/// fn price(Path(net): Path<u32>) -> String {
///     format!("{}", net + rates::tax_on(net))
/// }
/// ```
///
/// What its own `wit/` exports is implemented for the traits in `bindings::exports`, and exported with
/// `bindings::export!(Component with_types_in bindings)`. Outside a component nobody is there to call: the functions panic in
/// `cargo test`.
#[macro_export]
macro_rules! bindings {
    () => {
        #[rustfmt::skip]
        #[allow(missing_docs, unreachable_pub, unsafe_code, unused, clippy::all, clippy::pedantic, clippy::restriction)]
        mod bindings {
            ::core::include!(::core::concat!(
                ::core::env!("OUT_DIR", "`bindings!` includes what `mik_build::handler()` makes: call it in `build.rs`"),
                "/mik_bindings.rs"
            ));
        }
    };
}
