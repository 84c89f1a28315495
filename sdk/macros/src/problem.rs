//! `error! { status: 404, detail: "…", meta: { … } }`: a problem, part by part.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream};
use syn::{Expr, Ident, Token};

use crate::json::{self, Json, Key};

/// The parts, in the order in which they are written.
pub(crate) struct Problem {
    status: Expr,
    parts: Vec<(Ident, Part)>,
}

enum Part {
    Value(Expr),
    /// `meta: { … }`: every field becomes an extension.
    Extensions(Vec<(Key, Json)>),
}

impl Parse for Problem {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut status = None;
        let mut parts: Vec<(Ident, Part)> = Vec::new();
        while !input.is_empty() {
            let name = input.call(Ident::parse_any)?.unraw();
            input.parse::<Token![:]>()?;
            let is_again = parts.iter().any(|(other, _)| *other == name) || (name == "status" && status.is_some());
            if is_again {
                return Err(syn::Error::new(name.span(), format!("`{name}` is here twice")));
            }
            if name == "status" {
                status = Some(input.parse()?);
            } else if name == "meta" {
                match input.parse()? {
                    Json::Object(fields) => parts.push((name, Part::Extensions(fields))),
                    _ => {
                        return Err(syn::Error::new(
                            name.span(),
                            "`meta` is an object: write `meta: { \"key\": value }`",
                        ));
                    }
                }
            } else {
                parts.push((name, Part::Value(input.parse()?)));
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        match status {
            Some(status) => Ok(Self { status, parts }),
            None => Err(input.error("a problem has a status: write `status: 404`")),
        }
    }
}

/// Expands to the response.
pub(crate) fn expand(problem: &Problem) -> TokenStream {
    let Problem { status, parts } = problem;
    let parts = parts.iter().map(|(name, part)| match part {
        Part::Value(value) => part_tokens(name, value),
        Part::Extensions(fields) => {
            let fields = fields.iter().map(|(key, value)| {
                let value = json::expand_value(value);
                match key {
                    Key::Literal(key) => quote!(.with(#key, #value)),
                    Key::Value(key) => quote!(.with(::std::string::ToString::to_string(&(#key)), #value)),
                }
            });
            quote!(#(#fields)*)
        }
    });
    quote! {
        ::mik_sdk::IntoResponse::into_response(
            ::mik_sdk::Problem::new(::mik_sdk::__private::status(#status)) #(#parts)*
        )
    }
}

fn part_tokens(name: &Ident, value: &Expr) -> TokenStream {
    let method = match name.to_string().as_str() {
        "title" => quote!(with_title),
        "detail" => quote!(with_detail),
        "instance" => quote!(with_instance),
        "problem_type" | "type" => quote!(with_type),
        name => return quote!(.with(#name, &(#value))),
    };
    if let Expr::Lit(literal) = value {
        return quote!(.#method(#literal));
    }
    let text = json::text(value);
    quote!(.#method(#text))
}
