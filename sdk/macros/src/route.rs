//! One route of `routes! { … }`: `METHOD "pattern" | "pattern" => handler(body: T) -> T`, with attributes before it.

use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, ExprPath, Ident, LitInt, LitStr, Token, Type, parenthesized, token};

/// One route. What it says about itself is for the OpenAPI document.
pub(crate) struct Route {
    pub(crate) method: Ident,
    pub(crate) patterns: Vec<LitStr>,
    pub(crate) handler: ExprPath,
    /// `(path: T, query: T, body: T)`: the handler takes these as they are, and `&Request` after them.
    pub(crate) inputs: Option<Vec<Input>>,
    /// `-> T`: what is in a response that the handler makes by itself.
    pub(crate) answer: Option<Type>,
    pub(crate) about: About,
}

/// An input that is typed in the route.
pub(crate) struct Input {
    pub(crate) source: Source,
    pub(crate) ty: Type,
}

/// Where such an input comes from.
#[derive(Clone, Copy)]
pub(crate) enum Source {
    Path,
    Query,
    Body,
}

/// What the attributes say.
#[derive(Default)]
pub(crate) struct About {
    /// `#[status(201)]`
    pub(crate) status: Option<u16>,
    /// `#[summary("…")]`, else the doc comment's first paragraph, on one line.
    pub(crate) summary: Option<String>,
    /// The doc comment, but for what of it is the summary.
    pub(crate) details: Option<String>,
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

impl Parse for Route {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let about = About::from_attributes(&input.call(Attribute::parse_outer)?)?;
        let method = parse_method(input)?;
        let patterns = parse_patterns(input, &method)?;
        parse_arrow(input, &method, &patterns)?;
        let handler = parse_handler(input)?;
        let inputs = match input.peek(token::Paren) {
            true => Some(parse_inputs(input)?),
            false => None,
        };
        let answer = match input.peek(Token![->]) {
            true => {
                input.parse::<Token![->]>()?;
                Some(input.parse()?)
            }
            false => None,
        };
        Ok(Self { method, patterns, handler, inputs, answer, about })
    }
}

fn parse_method(input: ParseStream<'_>) -> syn::Result<Ident> {
    let method = input.call(Ident::parse_any).map_err(|error| {
        syn::Error::new(error.span(), "a route begins with its method: write `GET \"/users\" => list_users`")
    })?;
    if METHODS.iter().any(|(name, _)| method == name) {
        return Ok(method);
    }
    let in_capitals = method.to_string().to_ascii_uppercase();
    let message = match METHODS.iter().any(|(name, _)| in_capitals == *name) {
        true => format!("a method is written in capitals: `{in_capitals}`"),
        false => format!(
            "`{method}` is not a method that a handler is asked with: write GET, POST, PUT, PATCH, DELETE, HEAD or OPTIONS"
        ),
    };
    Err(syn::Error::new(method.span(), message))
}

fn parse_patterns(input: ParseStream<'_>, method: &Ident) -> syn::Result<Vec<LitStr>> {
    let mut patterns = Vec::new();
    loop {
        patterns.push(input.parse::<LitStr>().map_err(|error| {
            let message = format!("the path of a route is a string: write `{method} \"/users/{{id}}\" => get_user`");
            syn::Error::new(error.span(), message)
        })?);
        if !input.peek(Token![|]) {
            return Ok(patterns);
        }
        input.parse::<Token![|]>()?;
    }
}

fn parse_arrow(input: ParseStream<'_>, method: &Ident, patterns: &[LitStr]) -> syn::Result<()> {
    if input.peek(Token![=>]) {
        input.parse::<Token![=>]>()?;
        return Ok(());
    }
    let pattern = patterns.first().map(LitStr::value).unwrap_or_default();
    let message = format!("`=>` goes between a route and its handler: write `{method} {pattern:?} => handler`");
    // At the end of the macro there is nothing to point at but the pattern.
    match (input.is_empty(), patterns.last()) {
        (true, Some(pattern)) => Err(syn::Error::new(pattern.span(), message)),
        _ => Err(input.error(message)),
    }
}

/// The name of a function.
pub(crate) fn parse_handler(input: ParseStream<'_>) -> syn::Result<ExprPath> {
    if let Ok(name) = input.fork().parse::<LitStr>() {
        let message = format!("a function is named without quotes: write `{}`", name.value());
        return Err(syn::Error::new(name.span(), message));
    }
    if input.peek(Token![|]) || input.peek(Token![move]) {
        return Err(
            input.error("a route names a function: give what the closure does to a function, and its name here")
        );
    }
    input.parse().map_err(|error| syn::Error::new(error.span(), "the name of a function is expected here"))
}

fn parse_inputs(input: ParseStream<'_>) -> syn::Result<Vec<Input>> {
    let content;
    parenthesized!(content in input);
    let inputs = content.parse_terminated(Input::parse, Token![,])?;
    Ok(inputs.into_iter().collect())
}

impl Parse for Input {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = input.call(Ident::parse_any)?;
        let source = match name.to_string().as_str() {
            "path" => Source::Path,
            "query" => Source::Query,
            "body" => Source::Body,
            _ => {
                return Err(syn::Error::new(
                    name.span(),
                    "an input comes from `path`, `query` or `body`: write `body: T`",
                ));
            }
        };
        if !input.peek(Token![:]) {
            let message = format!("the type of `{name}` is missing: write `{name}: T`");
            return Err(syn::Error::new(name.span(), message));
        }
        input.parse::<Token![:]>()?;
        Ok(Self { source, ty: input.parse()? })
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
        let mut details = docs.trim();
        if about.summary.is_none() {
            let (summary, rest) = details.split_once("\n\n").unwrap_or((details, ""));
            about.summary = Some(summary.replace('\n', " ")).filter(|it| !it.is_empty());
            details = rest.trim();
        }
        about.details = Some(details.to_owned()).filter(|it| !it.is_empty());
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
