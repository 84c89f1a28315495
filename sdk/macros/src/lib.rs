//! The macros of `mik-sdk`. Use them through it: what they expand to names `::mik_sdk`.

mod field;
mod json;
mod openapi;
mod pattern;
mod route;
mod table;
mod typed;

use proc_macro::TokenStream;
use syn::parse_macro_input;

/// The routes of a handler, and its export.
///
/// A route is a method, a pattern and the function that answers. It makes `fn handle(Request) -> Response`, which
/// `mik_sdk::testing` calls, and in a component the export that the host calls.
///
/// What is literal goes before what is not: `/users/me` before `/users/{id}`, wherever they stand. A path that is known by
/// another method is answered 405 with `Allow`; `HEAD` is answered by `GET`, and `OPTIONS` with `Allow`, unless there is a
/// route for them.
///
/// Attributes: `#[status(201)]` (of an answer that would be 200), `#[tag("…")]`, `#[summary("…")]`, `#[deprecated]`.
#[proc_macro]
pub fn routes(input: TokenStream) -> TokenStream {
    let expanded = syn::parse(input).and_then(|routes| table::expand(&routes));
    expanded
        .unwrap_or_else(|error| {
            let mut expanded = error.into_compile_error();
            expanded.extend(table::stub());
            expanded
        })
        .into()
}

/// A type that goes in and out as JSON, and comes in by the query and the path: `serde`, without naming it.
///
/// Fields take `#[field(rename = "…", default, default = …, docs = "…")]`, and whatever `#[serde(…)]` takes.
#[proc_macro_derive(Type, attributes(field, serde))]
pub fn derive_type(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as syn::DeriveInput);
    typed::expand(input).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// A JSON response: `json_response!(status, { "key": value })`. What `ok!` expands to.
#[doc(hidden)]
#[proc_macro]
pub fn json_response(input: TokenStream) -> TokenStream {
    json::expand(&parse_macro_input!(input as json::JsonResponse)).into()
}
