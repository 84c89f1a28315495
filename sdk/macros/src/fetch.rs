//! `fetch!`: a request to another server, as it is written.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Expr, Ident, Token, braced};

use crate::json::{self, Json};
use crate::route::METHODS;

/// `METHOD url, option: value, …`
pub(crate) struct Fetch {
    method: Ident,
    url: Expr,
    headers: Vec<(Expr, Expr)>,
    body: Option<Body>,
    timeout: Option<Expr>,
}

enum Body {
    Json(Json),
    Bytes(Expr),
}

impl Parse for Fetch {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let method = method(input)?;
        if input.is_empty() || input.peek(Token![,]) {
            let message = format!("a URL was expected: `fetch!({method} \"https://api.example.com/users\")`");
            return Err(input.error(message));
        }
        let url = input.parse()?;
        let mut fetch = Self { method, url, headers: Vec::new(), body: None, timeout: None };
        let mut seen: Vec<String> = Vec::new();
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            if input.is_empty() {
                break;
            }
            let option: Ident = input.parse()?;
            let name = option.to_string();
            if seen.contains(&name) {
                return Err(syn::Error::new(option.span(), format!("`{name}` is there twice")));
            }
            input.parse::<Token![:]>()?;
            match name.as_str() {
                "headers" => fetch.headers = headers(input)?,
                "json" => fetch.set_body(&option, Body::Json(input.parse()?))?,
                "body" => fetch.set_body(&option, Body::Bytes(input.parse()?))?,
                "timeout" => fetch.timeout = Some(input.parse()?),
                _ => {
                    let message = format!("`{name}` is none of `headers`, `json`, `body`, `timeout`");
                    return Err(syn::Error::new(option.span(), message));
                }
            }
            seen.push(name);
        }
        Ok(fetch)
    }
}

impl Fetch {
    fn set_body(&mut self, option: &Ident, body: Body) -> syn::Result<()> {
        if self.body.is_some() {
            return Err(syn::Error::new(option.span(), "a request has one body: either `json` or `body`"));
        }
        self.body = Some(body);
        Ok(())
    }
}

fn method(input: ParseStream<'_>) -> syn::Result<Ident> {
    const EXPECTED: &str = "a method was expected: GET, POST, PUT, PATCH, DELETE, HEAD or OPTIONS";
    let Ok(method) = input.parse::<Ident>() else {
        return Err(input.error(EXPECTED));
    };
    if variant(&method).is_none() {
        let upper = method.to_string().to_ascii_uppercase();
        let message = match METHODS.iter().any(|(name, _)| *name == upper) {
            true => format!("methods are written in capitals: `{upper}`"),
            false => EXPECTED.to_owned(),
        };
        return Err(syn::Error::new(method.span(), message));
    }
    Ok(method)
}

fn variant(method: &Ident) -> Option<Ident> {
    let (_, variant) = METHODS.iter().find(|(name, _)| method == name)?;
    Some(Ident::new(variant, method.span()))
}

fn headers(input: ParseStream<'_>) -> syn::Result<Vec<(Expr, Expr)>> {
    let content;
    braced!(content in input);
    let mut headers = Vec::new();
    while !content.is_empty() {
        let name = content.parse()?;
        content.parse::<Token![:]>()?;
        headers.push((name, content.parse()?));
        if !content.is_empty() {
            content.parse::<Token![,]>()?;
        }
    }
    Ok(headers)
}

/// Expands to a `ClientRequest`. What is given by name is borrowed, and is still there afterwards.
pub(crate) fn expand(fetch: &Fetch) -> TokenStream {
    let Fetch { method, url, headers, body, timeout } = fetch;
    let variant = variant(method);
    let names = headers.iter().map(|(name, _)| name);
    let values = headers.iter().map(|(_, value)| value);
    let body = body.as_ref().map(|body| match body {
        Body::Json(json) => {
            let written = json::written(json);
            quote!(.json_text(#written))
        }
        Body::Bytes(bytes) => quote!(.body(#bytes)),
    });
    let timeout = timeout.as_ref().map(|timeout| quote!(.timeout_ms(#timeout as u64)));
    quote! {
        ::mik_sdk::http_client::request(::mik_sdk::http_client::Method::#variant, &(#url))
            #(.header(&(#names), &(#values)))*
            #body
            #timeout
    }
}
