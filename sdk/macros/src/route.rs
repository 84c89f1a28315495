//! What stands in `routes! { … }`: `METHOD "pattern" | "pattern" => handler`, with attributes before it.

use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, ExprPath, Ident, LitInt, LitStr, Token, Type, token};

/// Every route, in the order in which they are written.
pub(crate) struct Routes(pub(crate) Vec<Route>);

/// One route. What it says about itself is for the OpenAPI document.
pub(crate) struct Route {
    pub(crate) method: Ident,
    pub(crate) patterns: Vec<LitStr>,
    pub(crate) handler: ExprPath,
    pub(crate) about: About,
}

/// What the attributes say.
#[derive(Default)]
pub(crate) struct About {
    /// `#[status(201)]`
    pub(crate) status: Option<u16>,
    /// `#[summary("…")]`, else the doc comment.
    pub(crate) summary: Option<String>,
    /// `#[tag("…")]`
    pub(crate) tags: Vec<String>,
    /// `#[deprecated]`
    pub(crate) deprecated: bool,
}

/// The methods of a route, as they are written and as `mik_sdk::Method` names them.
pub(crate) const METHODS: [(&str, &str); 7] = [
    ("GET", "Get"),
    ("POST", "Post"),
    ("PUT", "Put"),
    ("PATCH", "Patch"),
    ("DELETE", "Delete"),
    ("HEAD", "Head"),
    ("OPTIONS", "Options"),
];

impl Parse for Routes {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let routes = Punctuated::<Route, Token![,]>::parse_terminated(input)?;
        Ok(Self(routes.into_iter().collect()))
    }
}

impl Parse for Route {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let about = About::from_attributes(&input.call(Attribute::parse_outer)?)?;
        let method: Ident = input.parse()?;
        if !METHODS.iter().any(|(name, _)| method == name) {
            return Err(syn::Error::new(
                method.span(),
                format!(
                    "`{method}` is not a method that a handler is asked with: write GET, POST, PUT, PATCH, DELETE, HEAD or OPTIONS"
                ),
            ));
        }
        let patterns = Punctuated::<LitStr, Token![|]>::parse_separated_nonempty(input)?;
        input.parse::<Token![=>]>()?;
        let handler: ExprPath = input.parse()?;
        if input.peek(token::Paren) {
            return Err(input.error(
                "inputs in a route are not read by this version: take `Json<T>`, `Query<T>` or `Path<T>` in the function",
            ));
        }
        // `-> User` names what the function returns; the function itself says it better.
        if input.peek(Token![->]) {
            input.parse::<Token![->]>()?;
            input.parse::<Type>()?;
        }
        if !input.is_empty() && !input.peek(Token![,]) {
            return Err(input.error("a comma goes between two routes"));
        }
        Ok(Self { method, patterns: patterns.into_iter().collect(), handler, about })
    }
}

impl About {
    fn from_attributes(attributes: &[Attribute]) -> syn::Result<Self> {
        let mut about = Self::default();
        let mut docs = String::new();
        for attribute in attributes {
            let path = attribute.path();
            if path.is_ident("doc") {
                if let Some(line) = doc_line(attribute) {
                    docs.push_str(line.trim());
                    docs.push('\n');
                }
            } else if path.is_ident("status") {
                let status: LitInt = attribute.parse_args()?;
                about.status = Some(status_code(&status)?);
            } else if path.is_ident("tag") {
                about.tags.push(attribute.parse_args::<LitStr>()?.value());
            } else if path.is_ident("summary") {
                about.summary = Some(attribute.parse_args::<LitStr>()?.value());
            } else if path.is_ident("deprecated") {
                attribute.meta.require_path_only()?;
                about.deprecated = true;
            } else {
                return Err(syn::Error::new_spanned(
                    attribute,
                    "a route does not know this attribute: it takes `#[status(201)]`, `#[tag(\"…\")]`, `#[summary(\"…\")]`, `#[deprecated]` and doc comments",
                ));
            }
        }
        if about.summary.is_none() && !docs.is_empty() {
            about.summary = Some(docs.trim().to_owned());
        }
        Ok(about)
    }
}

fn doc_line(attribute: &Attribute) -> Option<String> {
    match &attribute.meta.require_name_value().ok()?.value {
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(line), .. }) => Some(line.value()),
        _ => None,
    }
}

fn status_code(status: &LitInt) -> syn::Result<u16> {
    match status.base10_parse() {
        Ok(code @ 200..=599) => Ok(code),
        _ => Err(syn::Error::new(status.span(), "the status of an answer is a number from 200 to 599")),
    }
}
