//! What `routes!` says of itself: the OpenAPI document, and whether patterns and handlers go together.

use std::collections::HashSet;

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ExprPath;
use syn::spanned::Spanned as _;

use crate::flat::{Flat, FlatRoute};
use crate::pattern::push_encoded;
use crate::route::Route;
use crate::table::function;

/// A path of the document and the routes that are there.
struct Path<'a> {
    template: Template,
    operations: Vec<Operation<'a>>,
}

struct Operation<'a> {
    route: &'a Route,
    /// What is asked before the route's handler.
    before: Vec<&'a ExprPath>,
    /// The names of the parameters as this route has them; the path has those of its first route.
    names: Vec<String>,
    id: String,
    /// Patterns that the document cannot tell from this one's.
    also: Vec<String>,
}

/// A pattern as the document writes it.
struct Template {
    text: String,
    names: Vec<String>,
    has_rest: bool,
}

/// The function `openapi` and the custom section, both of them only with feature `openapi`: `mik_sdk::__openapi!` is empty
/// without it.
pub(crate) fn document(flat: &Flat<'_>) -> TokenStream {
    let paths = paths(flat);
    let paths = paths.iter().map(Path::to_tokens);
    quote! {
        ::mik_sdk::__openapi! {
            /// The OpenAPI document of the routes, as JSON: what the component has in its section `mik:openapi`.
            pub fn openapi() -> &'static str {
                const API: ::mik_sdk::openapi::Api = ::mik_sdk::openapi::Api {
                    title: ::core::env!("CARGO_PKG_NAME"),
                    version: ::core::env!("CARGO_PKG_VERSION"),
                    description: ::core::env!("CARGO_PKG_DESCRIPTION"),
                    paths: &[#(#paths),*],
                };
                #[allow(long_running_const_eval)]
                const DEFINITIONS: ::mik_sdk::openapi::Definitions = ::mik_sdk::openapi::Definitions::of(&API);
                const _: () = DEFINITIONS.check();
                const SIZE: usize = ::mik_sdk::openapi::estimate(&API, &DEFINITIONS);
                #[allow(long_running_const_eval)]
                const DRAFT: ::mik_sdk::openapi::Draft<SIZE> = ::mik_sdk::openapi::Draft::new(&API, &DEFINITIONS);
                const LENGTH: usize = DRAFT.len;
                #[allow(long_running_const_eval)]
                const DOCUMENT: [u8; LENGTH] = DRAFT.document(&API, &DEFINITIONS);

                // Not `#[used]`: that would keep it among the component's data as well.
                #[cfg(target_arch = "wasm32")]
                #[unsafe(link_section = "mik:openapi")]
                static SECTION: [u8; LENGTH] = DOCUMENT;

                ::mik_sdk::openapi::text(&DOCUMENT)
            }
        }
    }
}

/// A check, made by the compiler, that the handler takes what the pattern has, and nothing that it lacks.
///
/// It is a statement that belongs beside the call of the handler: what is wrong with a handler's signature is said once in
/// a body, not for every use.
pub(crate) fn check(flat_route: &FlatRoute<'_>, flat: &Flat<'_>) -> TokenStream {
    let FlatRoute { route, pattern, span, group } = flat_route;
    let inputs = function(route);
    let inputs = quote_spanned! {route.handler.span()=> ::mik_sdk::openapi::describe(&#inputs).inputs };
    let names = template(pattern.text()).names;
    let may_pass_over = flat.has_layers(*group);
    quote_spanned! {*span=> ::mik_sdk::openapi::check_path(#inputs, &[#(#names),*], #may_pass_over); }
}

/// What the handler's signature says, with what is asked before it.
fn described_with(route: &Route, before: &[&ExprPath]) -> TokenStream {
    let handler = described(route);
    if before.is_empty() {
        return handler;
    }
    let before = before.iter().map(|function| {
        quote_spanned! {function.span()=> ::mik_sdk::openapi::describe_before(&#function) }
    });
    quote! {{
        const HANDLER: ::mik_sdk::openapi::Description = #handler;
        const BEFORE: &[::mik_sdk::openapi::Layer] = &[#(#before),*];
        const COUNT: usize = ::mik_sdk::openapi::count_inputs(BEFORE, &HANDLER);
        const INPUTS: [::mik_sdk::openapi::Input; COUNT] = ::mik_sdk::openapi::join_inputs(BEFORE, &HANDLER);
        HANDLER.behind(BEFORE, &INPUTS)
    }}
}

/// What the handler's signature says, and the route for it. Spanned on the handler's name: that is where the compiler says
/// what is wrong with it.
fn described(route: &Route) -> TokenStream {
    let function = function(route);
    let description = quote_spanned! {route.handler.span()=> ::mik_sdk::openapi::describe(&#function) };
    match &route.answer {
        None => description,
        Some(answer) => quote_spanned! {answer.span()=> #description.with_answer::<::mik_sdk::Json<#answer>>() },
    }
}

fn paths<'a>(flat: &Flat<'a>) -> Vec<Path<'a>> {
    let mut paths: Vec<Path<'_>> = Vec::new();
    let mut ids = HashSet::new();
    for FlatRoute { route, pattern, group, .. } in &flat.routes {
        let template = template(pattern.text());
        let names = template.names.clone();
        let position = paths.iter().position(|path| path.template.shape() == template.shape());
        let position = position.unwrap_or_else(|| {
            paths.push(Path { template, operations: Vec::new() });
            paths.len() - 1
        });
        let operations = &mut paths[position].operations;
        match operations.iter_mut().find(|operation| operation.route.method == route.method) {
            // `"/" | ""`, or `{id}` and `{*rest}`.
            Some(operation) if !pattern.text().is_empty() => operation.also.push(pattern.text().to_owned()),
            Some(_) => {}
            None => operations.push(Operation {
                route,
                before: flat.before(*group),
                names,
                id: id(route, &mut ids),
                also: Vec::new(),
            }),
        }
    }
    paths
}

/// What the operation is called: as its handler is, and with a number where that is taken.
fn id(route: &Route, ids: &mut HashSet<String>) -> String {
    let segments = route.handler.path.segments.iter().map(|segment| segment.ident.to_string());
    let name = segments.filter(|it| !matches!(it.as_str(), "crate" | "self" | "super")).collect::<Vec<_>>().join("_");
    let name = name.replace("r#", "");
    let mut id = name.clone();
    let mut number = 2;
    while !ids.insert(id.clone()) {
        id = format!("{name}_{number}");
        number += 1;
    }
    id
}

impl Path<'_> {
    fn to_tokens(&self) -> TokenStream {
        let template = &self.template.text;
        let operations = self.operations.iter().map(|operation| operation.to_tokens(&self.template));
        quote! {
            ::mik_sdk::openapi::Path { template: #template, operations: &[#(#operations),*] }
        }
    }
}

impl Operation<'_> {
    fn to_tokens(&self, path: &Template) -> TokenStream {
        let Self { route, before, names, id, .. } = self;
        let method = route.method.to_string().to_lowercase();
        let (summary, description) = (option(route.about.summary.as_ref()), option(self.details()));
        let tags = &route.about.tags;
        let deprecated = route.about.deprecated;
        let status = option(route.about.status);
        let (template_names, has_rest) = (&path.names, path.has_rest);
        let handler = described_with(route, before);
        quote! {
            ::mik_sdk::openapi::Operation {
                method: #method,
                id: #id,
                summary: #summary,
                details: #description,
                tags: &[#(#tags),*],
                deprecated: #deprecated,
                status: #status,
                names: &[#(#names),*],
                template_names: &[#(#template_names),*],
                has_rest: #has_rest,
                description: #handler,
            }
        }
    }

    /// What is said about the route below its summary.
    fn details(&self) -> Option<String> {
        let mut description = self.route.about.details.clone().unwrap_or_default();
        for pattern in &self.also {
            if !description.is_empty() {
                description.push_str("\n\n");
            }
            description.push_str(&format!("`{pattern}` is another route, which a document cannot tell from this one."));
        }
        Some(description).filter(|it| !it.is_empty())
    }
}

fn option<T: quote::ToTokens>(value: Option<T>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}

impl Template {
    /// What it looks like without the names: paths that look alike are one in a document.
    fn shape(&self) -> String {
        let mut shape = self.text.clone();
        for name in &self.names {
            shape = shape.replace(&format!("{{{name}}}"), "{}");
        }
        shape
    }
}

/// A pattern as the document writes it. That it is one is known already.
fn template(pattern: &str) -> Template {
    let mut template = Template { text: String::new(), names: Vec::new(), has_rest: false };
    let mut rest = pattern;
    while let Some(character) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("{{") {
            template.text.push_str("%7B");
            rest = after;
        } else if let Some(after) = rest.strip_prefix("}}") {
            template.text.push_str("%7D");
            rest = after;
        } else if let Some((name, after)) = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
            template.has_rest = name.starts_with('*');
            let name = name.trim_start_matches('*');
            template.text.push_str(&format!("{{{name}}}"));
            template.names.push(name.to_owned());
            rest = after;
        } else {
            push_encoded(&mut template.text, character);
            rest = &rest[character.len_utf8()..];
        }
    }
    if template.text.is_empty() {
        template.text.push('/');
    }
    template
}
