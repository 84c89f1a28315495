//! From routes to the table that answers requests, and to the export.

use std::collections::HashMap;

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Ident;
use syn::spanned::Spanned as _;

use crate::flat::{Flat, FlatGroup, FlatRoute};
use crate::group::Group;
use crate::openapi;
use crate::pattern::Pattern;
use crate::route::{Input, METHODS, Route, Source};

/// A pattern and every route that has it.
struct Row<'a> {
    pattern: &'a Pattern,
    routes: Vec<&'a FlatRoute<'a>>,
}

/// Expands `routes!`, or says what is wrong with every route.
pub(crate) fn expand(routes: &Group) -> syn::Result<TokenStream> {
    let flat = Flat::from(routes)?;
    let rows = rows(&flat)?;
    let rows = rows.iter().map(|it| row(it, &flat));
    let request = local("request");
    let answer = match flat.is_plain() {
        true => quote!(::mik_sdk::__private::answer(__MIK_ROUTES, #request)),
        false => {
            let groups = groups(&flat);
            quote! {
                static __MIK_GROUPS: ::mik_sdk::__private::Groups = #groups;
                ::mik_sdk::__private::answer_in_groups(__MIK_ROUTES, &__MIK_GROUPS, #request)
            }
        }
    };
    let docs = docs(&flat);
    let document = openapi::document(&flat);
    Ok(quote! {
        #(#[doc = #docs])*
        pub fn handle(#request: ::mik_sdk::Request) -> ::mik_sdk::Response {
            static __MIK_ROUTES: &[::mik_sdk::__private::Route] = &[#(#rows),*];
            #answer
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
fn rows<'a>(flat: &'a Flat<'a>) -> syn::Result<Vec<Row<'a>>> {
    let mut rows: Vec<Row<'_>> = Vec::new();
    // `matchit` knows which patterns cannot be told apart. One for each method: `GET /{id}` and `PUT /{name}` can.
    let mut routers: HashMap<String, matchit::Router<()>> = HashMap::new();
    let mut errors: Option<syn::Error> = None;
    for route in &flat.routes {
        let router = routers.entry(route.route.method.to_string()).or_default();
        if let Err(error) = check(route, router) {
            match &mut errors {
                Some(errors) => errors.combine(error),
                None => errors = Some(error),
            }
            continue;
        }
        match rows.iter_mut().find(|row| row.pattern.text() == route.pattern.text()) {
            Some(row) => row.routes.push(route),
            None => rows.push(Row { pattern: &route.pattern, routes: vec![route] }),
        }
    }
    if let Some(errors) = errors {
        return Err(errors);
    }
    rows.sort_by_cached_key(|row| row.pattern.order());
    Ok(rows)
}

fn check(route: &FlatRoute<'_>, router: &mut matchit::Router<()>) -> syn::Result<()> {
    let text = route.pattern.text();
    let method = &route.route.method;
    router.insert(text, ()).map_err(|error| {
        let message = match error {
            matchit::InsertError::Conflict { with } if with == text => {
                format!("`{method} \"{text}\"` is there already: leave one of the two")
            }
            matchit::InsertError::Conflict { with } => {
                format!(
                    "this route and `{method} \"{with}\"` fit the same paths, and neither says more: leave one, or write what differs before the parameter"
                )
            }
            error => error.to_string(),
        };
        syn::Error::new(route.span, message)
    })
}

fn row(row: &Row<'_>, flat: &Flat<'_>) -> TokenStream {
    let segments = row.pattern.to_tokens();
    let endpoints = row.routes.iter().map(|route| endpoint(route, flat));
    quote! {
        ::mik_sdk::__private::Route { segments: #segments, endpoints: &[#(#endpoints),*] }
    }
}

fn endpoint(flat_route: &FlatRoute<'_>, flat: &Flat<'_>) -> TokenStream {
    let FlatRoute { route, group, .. } = flat_route;
    let method = METHODS
        .iter()
        .find(|(name, _)| route.method == name)
        .map(|(_, variant)| Ident::new(variant, Span::call_site()));
    let status = route.about.status.unwrap_or(200);
    let check = openapi::check(flat_route, flat);
    let call = run(&function(route), route.handler.span());
    quote! {
        ::mik_sdk::__private::Endpoint {
            method: ::mik_sdk::Method::#method,
            group: #group,
            status: #status,
            call: { #check #call },
        }
    }
}

/// What takes a route's extractors: its handler, or what hands it the inputs that are typed in the route. Spanned on the
/// handler's name: what the compiler has to say about its signature, it says there.
pub(crate) fn function(route: &Route) -> TokenStream {
    let handler = &route.handler;
    let Some(inputs) = &route.inputs else {
        return quote!(#handler);
    };
    let name = |(number, input): (usize, &Input)| {
        Ident::new(&format!("input_{number}"), Span::mixed_site().located_at(input.ty.span()))
    };
    let names: Vec<Ident> = inputs.iter().enumerate().map(name).collect();
    let parameters = inputs.iter().zip(&names).map(|(input, name)| {
        let extractor = match input.source {
            Source::Path => quote!(Path),
            Source::Query => quote!(Query),
            Source::Body => quote!(Json),
        };
        let ty = &input.ty;
        quote_spanned!(ty.span()=> ::mik_sdk::#extractor(#name): ::mik_sdk::#extractor<#ty>)
    });
    let request = Ident::new("request", Span::mixed_site().located_at(handler.span()));
    quote_spanned! {handler.span()=>
        |#(#parameters,)* #request: &::mik_sdk::Request| #handler(#(#names,)* #request)
    }
}

fn run(function: &TokenStream, span: Span) -> TokenStream {
    let request = local("request");
    quote_spanned! {span=>
        |#request| ::mik_sdk::__private::run(#function, #request)
    }
}

/// A name of the expansion's own: a handler that is called the same is another one.
fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// What the groups do around their routes, and which of them a path belongs to that no route has.
fn groups(flat: &Flat<'_>) -> TokenStream {
    let groups = flat.groups.iter().map(group);
    let claims = flat.claims().into_iter().map(|(pattern, group)| {
        let segments = pattern.to_tokens();
        quote!((#segments, #group))
    });
    quote! {
        ::mik_sdk::__private::Groups { groups: &[#(#groups),*], claims: &[#(#claims),*] }
    }
}

fn group(flat: &FlatGroup<'_>) -> TokenStream {
    let FlatGroup { parent, group, .. } = flat;
    let (request, response) = (local("request"), local("response"));
    let before = group.before.iter().map(|function| {
        quote_spanned! {function.span()=>
            |#request| ::mik_sdk::__private::before(#function, #request)
        }
    });
    let after = group.after.iter().map(|function| {
        quote_spanned! {function.span()=>
            |#response, #request| ::mik_sdk::__private::after(#function, #response, #request)
        }
    });
    let cors = match &group.cors {
        None => quote!(::core::option::Option::None),
        Some(cors) => quote_spanned! {cors.span()=>
            ::core::option::Option::Some({
                const __MIK_CORS: ::mik_sdk::Cors = #cors;
                &__MIK_CORS
            })
        },
    };
    let fallback = match &group.fallback {
        None => quote!(::core::option::Option::None),
        Some((_, handler)) => {
            let call = run(&quote!(#handler), handler.span());
            quote!(::core::option::Option::Some(#call))
        }
    };
    quote! {
        ::mik_sdk::__private::Group {
            parent: #parent,
            before: &[#(#before),*],
            after: &[#(#after),*],
            cors: #cors,
            fallback: #fallback,
        }
    }
}

/// A list of the routes, for the documentation of `handle`.
fn docs(flat: &Flat<'_>) -> Vec<String> {
    let mut docs = vec![" Answers a request with the handler of its route.".to_owned(), String::new()];
    for FlatRoute { route, pattern, .. } in &flat.routes {
        let mut line = format!(" - `{} {}`", route.method, pattern.text());
        if let Some(summary) = &route.about.summary {
            line.push_str(": ");
            line.push_str(&summary.replace('\n', " "));
        }
        if !route.about.tags.is_empty() {
            line.push_str(&format!(" ({})", route.about.tags.join(", ")));
        }
        if route.about.deprecated {
            line.push_str(" (deprecated)");
        }
        docs.push(line);
    }
    docs
}
