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
/// # Groups
///
/// `"/prefix" => { … }` is a group: its routes go on with the prefix, and groups nest. It is written as an arm of a `match`,
/// because that is what it is: a path goes in where its beginning fits. The prefix has no slash at its end, so that what a
/// route answers can be read off: `"/api"` and `"/users"` are `/api/users`, `"/api"` and `""` are `/api`. A group with the
/// prefix `""` is for routes that have only their layers in common. Before its routes, a group (and `routes!` itself) says
/// what is done around them:
///
/// | | |
/// |---|---|
/// | `before => function` | is asked before anything of the group answers. It takes extractors, as a handler does, and returns `Result<(), Problem>`, or any other error that is an answer. To hand something on it returns `Extension(value)`, and handlers take `Extension<T>`; the request itself stays as it was sent |
/// | `after => function` | a `fn(Response) -> Response` or `fn(Response, &Request) -> Response`, for every answer of the group: those that a `before` gave instead, 404 and 405 too |
/// | `cors => Cors::…` | which pages of other origins may read the answers; the innermost alone decides |
/// | `_ => handler` | answers every method of the paths that no route has; it may stand anywhere in the group |
///
/// Each `before` and `after` may be there more than once, and they run in the order in which they are written: those before
/// of the outermost group first, those after of the innermost. A path that no route has belongs to the innermost group whose
/// prefix it begins with; the 404, and the 405 of a path that is known, are answered inside of the layers of their group, so
/// that whoever may not see what there is does not learn it. A preflight is answered before all of them.
///
/// Where there is none of this, a group costs a component nothing.
///
/// # Handlers
///
/// A handler is named by its path: a function, a method (`User::list`), a function of a trait, a generic one (`page::<7>`).
/// It is no closure, because what answers a route has a name, in messages and in documentation. With `(body: T)`, `(path: T)`
/// or `(query: T)` after the name it takes these values as they are, in this order, and `&Request` last; `-> T` after it
/// says what the answer holds. That is how handlers were written for mik-sdk 0.1.
///
/// A crate that depends on this one by another name says `extern crate that_name as mik_sdk;`.
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
