//! The macros of `mik-sdk`. Use them through it: what they expand to names `::mik_sdk`.

mod fetch;
mod flat;
mod group;
mod json;
mod openapi;
mod pattern;
mod problem;
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

/// A type that comes in and goes out as JSON, and comes in by the path and the query: `serde`, without naming it, and
/// [`Type`](../mik_sdk/trait.Type.html), whose rules are checked before a handler sees a value.
///
/// | `#[field(…)]` | |
/// |---|---|
/// | `rename = "…"` | its name in JSON |
/// | `default`, `default = …` | what stands for it where it is left out |
/// | `min = …`, `max = …` | of numbers; of text, how many characters; of lists and maps, how many items |
/// | `min_length`, `max_length`, `min_items`, `max_items` | the same, said in full |
/// | `unique` | no two items are equal |
/// | `format = "…"` | what its text is: `email`, `uuid`, `date`, `date-time`, … |
/// | `pattern = "…"` | a regular expression that fits somewhere in its text |
/// | `docs = "…"`, `deprecated`, `x_… = …` | said in the OpenAPI document, as is a doc comment |
///
/// Of a list that may be left out (`Option<Vec<_>>`), and wherever else a value is inside of another, the rules are those
/// of the value. `#[serde(…)]` is understood too.
#[proc_macro_derive(Type, attributes(field, serde))]
pub fn derive_type(input: TokenStream) -> TokenStream {
    derive(typed::Derive::Type, input)
}

/// What the path of a route gives, by the names of its fields. Otherwise as `derive(Type)`.
#[proc_macro_derive(Path, attributes(field, serde))]
pub fn derive_path(input: TokenStream) -> TokenStream {
    derive(typed::Derive::Path, input)
}

/// What a query gives, by the names of its fields. Otherwise as `derive(Type)`.
#[proc_macro_derive(Query, attributes(field, serde))]
pub fn derive_query(input: TokenStream) -> TokenStream {
    derive(typed::Derive::Query, input)
}

fn derive(derive: typed::Derive, input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as syn::DeriveInput);
    typed::expand(derive, &input).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// A JSON response: `json_response!(status, { "key": value })`. What `ok!` expands to.
#[doc(hidden)]
#[proc_macro]
pub fn json_response(input: TokenStream) -> TokenStream {
    json::expand(&parse_macro_input!(input as json::JsonResponse)).into()
}

/// A problem response: `problem_response! { status: 404, detail: "…" }`. What `error!` expands to.
#[doc(hidden)]
#[proc_macro]
pub fn problem_response(input: TokenStream) -> TokenStream {
    problem::expand(&parse_macro_input!(input as problem::Problem)).into()
}

/// JSON as a value: `json!({ "key": value })`.
#[proc_macro]
pub fn json(input: TokenStream) -> TokenStream {
    json::expand_value(&parse_macro_input!(input as json::Json)).into()
}

/// A request to another server: `fetch!(POST url, headers: { "name": value }, json: { "key": value }, timeout: 5000)`.
#[proc_macro]
pub fn fetch(input: TokenStream) -> TokenStream {
    fetch::expand(&parse_macro_input!(input as fetch::Fetch)).into()
}

/// The known name that somebody may have meant.
fn nearest<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    // `minimum` for `min`, `len` for `length`.
    if let Some(longer) = known.iter().find(|known| {
        let (short, long) = if known.len() < name.len() { (**known, name) } else { (name, **known) };
        short.len() >= 3 && long.starts_with(short)
    }) {
        return Some(longer);
    }
    let candidates = known.iter().map(|known| (*known, strsim::damerau_levenshtein(name, known)));
    // As far off as a third of it, a word is more likely another.
    let near = candidates.filter(|(known, distance)| *distance <= known.len().max(name.len()).div_ceil(3));
    near.min_by_key(|(_, distance)| *distance).map(|(known, _)| known)
}
