//! What is named without its feature: the compiler says which one is missing, instead of that it has never heard the name.

/// Without the feature `http-client`.
#[cfg(not(feature = "http-client"))]
#[doc(hidden)]
#[macro_export]
macro_rules! fetch {
    ($($request:tt)*) => {
        ::core::compile_error!(
            "`fetch!` is in mik-sdk's feature `http-client`: write `features = [\"http-client\"]` at `mik-sdk` in Cargo.toml"
        )
    };
}

/// Without the feature `multipart`. The lint comes along with other errors.
#[cfg(not(feature = "multipart"))]
#[deprecated(
    note = "it is in mik-sdk's feature `multipart`: write `features = [\"multipart\"]` at `mik-sdk` in Cargo.toml"
)]
#[derive(Debug)]
pub enum Multipart {}

/// Without the feature `signed-cookies`.
#[cfg(not(feature = "signed-cookies"))]
#[deprecated(
    note = "it is in mik-sdk's feature `signed-cookies`: write `features = [\"signed-cookies\"]` at `mik-sdk` in Cargo.toml"
)]
#[derive(Debug)]
pub enum SigningKey {}
