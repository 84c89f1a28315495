//! From routes to the table that answers requests, and to the export.

use std::collections::HashMap;

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Ident;
use syn::spanned::Spanned as _;

use crate::openapi;
use crate::pattern::Pattern;
use crate::route::{METHODS, Route, Routes};

/// A pattern and every route that has it.
struct Row<'a> {
    pattern: Pattern,
    routes: Vec<&'a Route>,
}

/// Expands `routes!`, or says what is wrong with every route.
pub(crate) fn expand(routes: &Routes) -> syn::Result<TokenStream> {
    let rows = rows(routes)?;
    let rows = rows.iter().map(row);
    let docs = docs(routes);
    let document = openapi::document(&routes.0);
    Ok(quote! {
        #(#[doc = #docs])*
        pub fn handle(request: ::mik_sdk::Request) -> ::mik_sdk::Response {
            static ROUTES: &[::mik_sdk::__private::Route] = &[#(#rows),*];
            ::mik_sdk::__private::answer(ROUTES, request)
        }

        #document

        #[cfg(target_arch = "wasm32")]
        const _: () = {
            use ::mik_sdk::bindings;
            use bindings::exports::mik::core::handler;

            struct Component;

            impl handler::Guest for Component {
                fn handle(request: handler::RequestData) -> handler::Response {
                    ::mik_sdk::__private::component::answer(request, self::handle)
                }
            }

            bindings::export_handler!(Component with_types_in bindings);
        };
    })
}

/// What stands in for the routes where they are wrong: the rest of the project is still checked, and is not told that
/// `handle` is missing.
pub(crate) fn stub() -> TokenStream {
    quote! {
        #[doc(hidden)]
        pub fn handle(_: ::mik_sdk::Request) -> ::mik_sdk::Response {
            ::mik_sdk::Response::new(::mik_sdk::StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

/// The table, sorted as it is walked.
fn rows(routes: &Routes) -> syn::Result<Vec<Row<'_>>> {
    let mut rows: Vec<Row<'_>> = Vec::new();
    // `matchit` knows which patterns cannot be told apart. One for each method: `GET /{id}` and `PUT /{name}` can.
    let mut routers: HashMap<String, matchit::Router<()>> = HashMap::new();
    let mut errors: Option<syn::Error> = None;
    for route in &routes.0 {
        for literal in &route.patterns {
            let router = routers.entry(route.method.to_string()).or_default();
            let pattern = match check(route, literal, router) {
                Ok(pattern) => pattern,
                Err(error) => {
                    match &mut errors {
                        Some(errors) => errors.combine(error),
                        None => errors = Some(error),
                    }
                    continue;
                }
            };
            match rows.iter_mut().find(|row| row.pattern.text() == pattern.text()) {
                Some(row) => row.routes.push(route),
                None => rows.push(Row { pattern, routes: vec![route] }),
            }
        }
    }
    if let Some(errors) = errors {
        return Err(errors);
    }
    rows.sort_by_cached_key(|row| row.pattern.order());
    Ok(rows)
}

fn check(route: &Route, literal: &syn::LitStr, router: &mut matchit::Router<()>) -> syn::Result<Pattern> {
    let pattern = Pattern::parse(literal)?;
    router.insert(pattern.text(), ()).map_err(|error| {
        let message = match error {
            matchit::InsertError::Conflict { with } => {
                format!("this route and `{} \"{with}\"` fit the same paths, and neither says more", route.method)
            }
            error => error.to_string(),
        };
        syn::Error::new(literal.span(), message)
    })?;
    Ok(pattern)
}

fn row(row: &Row<'_>) -> TokenStream {
    let segments = row.pattern.to_tokens();
    let endpoints = row.routes.iter().map(|route| endpoint(route, &row.pattern));
    quote! {
        ::mik_sdk::__private::Route { segments: #segments, endpoints: &[#(#endpoints),*] }
    }
}

fn endpoint(route: &Route, pattern: &Pattern) -> TokenStream {
    let method = METHODS
        .iter()
        .find(|(name, _)| route.method == name)
        .map(|(_, variant)| Ident::new(variant, Span::call_site()));
    let handler = &route.handler;
    let status = route.about.status.unwrap_or(200);
    let check = openapi::check(route, &pattern.text());
    // Spanned on the handler's name: what the compiler has to say about its signature, it says there.
    let call = quote_spanned! {handler.span()=>
        { #check |request| ::mik_sdk::__private::run(#handler, request) }
    };
    quote! {
        ::mik_sdk::__private::Endpoint {
            method: ::mik_sdk::Method::#method,
            status: #status,
            call: #call,
        }
    }
}

/// A list of the routes, for the documentation of `handle`.
fn docs(routes: &Routes) -> Vec<String> {
    let mut docs = vec![" Answers a request with the handler of its route.".to_owned(), String::new()];
    for route in &routes.0 {
        for pattern in &route.patterns {
            let mut line = format!(" - `{} {}`", route.method, pattern.value());
            if let Some(summary) = &route.about.summary {
                line.push_str(": ");
                line.push_str(summary.lines().next().unwrap_or_default());
            }
            if !route.about.tags.is_empty() {
                line.push_str(&format!(" ({})", route.about.tags.join(", ")));
            }
            if route.about.deprecated {
                line.push_str(" (deprecated)");
            }
            docs.push(line);
        }
    }
    docs
}
