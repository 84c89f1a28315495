//! JSON as it is written in `ok!({ … })`: what is known when it is compiled becomes one string.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream};
use syn::{Expr, Ident, LitStr, Token, braced, bracketed, parenthesized, token};

/// `status, json`
pub(crate) struct JsonResponse {
    status: Expr,
    json: Json,
}

pub(crate) enum Json {
    Null,
    Literal(syn::Lit),
    List(Vec<Json>),
    Object(Vec<(Key, Json)>),
    Value(Expr),
    /// `str(…)` and its kin: what the value shall be, whatever it is.
    Hint(Hint, Expr),
}

#[derive(Clone, Copy)]
pub(crate) enum Hint {
    Str,
    Int,
    Float,
    Bool,
}

pub(crate) enum Key {
    Literal(String),
    Value(Expr),
}

impl Parse for JsonResponse {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let status = input.parse()?;
        input.parse::<Token![,]>()?;
        let json = input.parse()?;
        if input.peek(Token![,]) {
            input.parse::<Token![,]>()?;
        }
        if !input.is_empty() {
            return Err(input.error("one JSON value was expected, and this comes after it"));
        }
        Ok(Self { status, json })
    }
}

impl Parse for Json {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(token::Brace) && begins_object(input) {
            let content;
            braced!(content in input);
            let mut fields = Vec::new();
            while !content.is_empty() {
                let key = content.parse()?;
                content.parse::<Token![:]>()?;
                fields.push((key, content.parse()?));
                if !content.is_empty() {
                    content.parse::<Token![,]>()?;
                }
            }
            return Ok(Self::Object(fields));
        }
        if input.peek(token::Bracket) && is_whole_value(input) {
            let content;
            bracketed!(content in input);
            let mut items = Vec::new();
            // `[value; count]` is Rust's, and its meaning is kept.
            let fork = content.fork();
            if fork.parse::<Expr>().is_ok() && fork.peek(Token![;]) {
                let value: Expr = content.parse()?;
                content.parse::<Token![;]>()?;
                let count: Expr = content.parse()?;
                return Ok(Self::Value(syn::parse_quote!([#value; #count])));
            }
            while !content.is_empty() {
                items.push(content.parse()?);
                if !content.is_empty() {
                    content.parse::<Token![,]>()?;
                }
            }
            return Ok(Self::List(items));
        }
        if input.peek(Ident::peek_any) {
            let fork = input.fork();
            if fork.call(Ident::parse_any)? == "null" && ends_value(&fork) {
                input.call(Ident::parse_any)?;
                return Ok(Self::Null);
            }
        }
        if let Some(hint) = peek_hint(input) {
            input.call(Ident::parse_any)?;
            let content;
            parenthesized!(content in input);
            let value = content.parse()?;
            content.parse::<Option<Token![,]>>()?;
            if !content.is_empty() {
                return Err(content.error("one value was expected, and this comes after it"));
            }
            return Ok(Self::Hint(hint, value));
        }
        Ok(match input.parse()? {
            Expr::Lit(literal) if literal.attrs.is_empty() => Self::Literal(literal.lit),
            value => Self::Value(value),
        })
    }
}

/// Whether braces hold fields, and not the statements of a block.
fn begins_object(input: ParseStream<'_>) -> bool {
    fn look(input: ParseStream<'_>) -> syn::Result<bool> {
        let content;
        braced!(content in input);
        if content.is_empty() {
            return Ok(true);
        }
        if content.peek(token::Paren) {
            let inner;
            parenthesized!(inner in content);
            let _: TokenStream = inner.parse()?;
        } else if content.peek(syn::Lit) {
            content.parse::<syn::Lit>()?;
        } else {
            content.call(Ident::parse_any)?;
        }
        Ok(content.peek(Token![:]) && !content.peek(Token![::]))
    }
    let fork = input.fork();
    matches!(look(&fork), Ok(true)) && ends_value(&fork)
}

/// Whether the whole value is `str(…)`, `int(…)`, `float(…)` or `bool(…)`.
fn peek_hint(input: ParseStream<'_>) -> Option<Hint> {
    let fork = input.fork();
    let hint = match fork.call(Ident::parse_any).ok()?.to_string().as_str() {
        "str" => Hint::Str,
        "int" => Hint::Int,
        "float" => Hint::Float,
        "bool" => Hint::Bool,
        _ => return None,
    };
    fork.parse::<proc_macro2::Group>().ok().filter(|group| group.delimiter() == proc_macro2::Delimiter::Parenthesis)?;
    ends_value(&fork).then_some(hint)
}

/// Whether a bracketed list is the whole value, and not the beginning of `[1, 2].len()`.
fn is_whole_value(input: ParseStream<'_>) -> bool {
    fn skip(input: ParseStream<'_>) -> syn::Result<()> {
        let content;
        bracketed!(content in input);
        let _: TokenStream = content.parse()?;
        Ok(())
    }
    let fork = input.fork();
    skip(&fork).is_ok() && ends_value(&fork)
}

fn ends_value(input: ParseStream<'_>) -> bool {
    input.is_empty() || input.peek(Token![,])
}

impl Parse for Key {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(LitStr) {
            return Ok(Self::Literal(input.parse::<LitStr>()?.value()));
        }
        if input.peek(token::Paren) {
            let content;
            parenthesized!(content in input);
            return Ok(Self::Value(content.parse()?));
        }
        if input.peek(Ident::peek_any) {
            return Ok(Self::Literal(input.call(Ident::parse_any)?.unraw().to_string()));
        }
        Err(input.error("a key is a string, or an expression in parentheses"))
    }
}

/// Expands to a block that writes the JSON and makes the response.
pub(crate) fn expand(response: &JsonResponse) -> TokenStream {
    let JsonResponse { status, json } = response;
    let written = written(json);
    quote!(#written.into_response(#status))
}

/// Expands to a block that writes the JSON, and gives the writer.
pub(crate) fn written(json: &Json) -> TokenStream {
    let mut steps = Steps::default();
    steps.json(json);
    steps.end_literal();
    let steps = &steps.done;
    let writer = writer();
    quote! {{
        let mut #writer = ::mik_sdk::__private::Writer::new();
        #(#steps)*
        #writer
    }}
}

/// Hygienic: a `writer` of the handler's own is another one.
fn writer() -> Ident {
    Ident::new("writer", proc_macro2::Span::mixed_site())
}

#[derive(Default)]
struct Steps {
    done: Vec<TokenStream>,
    /// Literal JSON that is not yet a step.
    literal: String,
}

impl Steps {
    fn json(&mut self, json: &Json) {
        match json {
            Json::Null => self.literal.push_str("null"),
            Json::Literal(literal) => match literal_json(literal) {
                Some(json) => self.literal.push_str(&json),
                None => self.value(quote!(#literal)),
            },
            Json::Value(value) => self.value(quote!(#value)),
            Json::Hint(hint, value) => self.value(hinted(*hint, value)),
            Json::List(items) => {
                self.literal.push('[');
                for (position, item) in items.iter().enumerate() {
                    if position > 0 {
                        self.literal.push(',');
                    }
                    self.json(item);
                }
                self.literal.push(']');
            }
            Json::Object(fields) => {
                self.literal.push('{');
                for (position, (key, value)) in fields.iter().enumerate() {
                    if position > 0 {
                        self.literal.push(',');
                    }
                    self.key(key);
                    self.literal.push(':');
                    self.json(value);
                }
                self.literal.push('}');
            }
        }
    }

    fn key(&mut self, key: &Key) {
        match key {
            Key::Literal(key) => self.literal.push_str(&quoted(key)),
            Key::Value(key) => {
                self.end_literal();
                let writer = writer();
                self.done.push(quote!(#writer.string(::core::convert::AsRef::<str>::as_ref(&(#key)));));
            }
        }
    }

    fn value(&mut self, value: TokenStream) {
        self.end_literal();
        let writer = writer();
        self.done.push(quote!(#writer.value(&(#value));));
    }

    fn end_literal(&mut self) {
        if !self.literal.is_empty() {
            let literal = std::mem::take(&mut self.literal);
            let writer = writer();
            self.done.push(quote!(#writer.raw(#literal);));
        }
    }
}

/// A value that is what its hint says.
fn hinted(hint: Hint, value: &Expr) -> TokenStream {
    match hint {
        Hint::Str => text(value),
        Hint::Int => quote!((#value) as i64),
        Hint::Float => quote!((#value) as f64),
        Hint::Bool => quote!(::core::convert::identity::<bool>(#value)),
    }
}

/// What is text, or can be shown as text, as a `String`.
pub(crate) fn text(value: &Expr) -> TokenStream {
    quote! {{
        #[allow(unused_imports)]
        use ::mik_sdk::__private::{TextByDisplay as _, TextByReference as _};
        (&&::mik_sdk::__private::Text(&(#value))).text().into_owned()
    }}
}

/// Expands to the JSON as a value.
pub(crate) fn expand_value(json: &Json) -> TokenStream {
    let private = quote!(::mik_sdk::__private);
    match json {
        Json::Null => quote!(::mik_sdk::json::Value::Null),
        Json::Literal(literal) => quote!(#private::to_value(&#literal)),
        Json::Value(value) => quote!(#private::to_value(&(#value))),
        Json::Hint(hint, value) => {
            let value = hinted(*hint, value);
            quote!(#private::to_value(&(#value)))
        }
        Json::List(items) => {
            let items = items.iter().map(expand_value);
            quote!(#private::to_list([#(#items),*]))
        }
        Json::Object(fields) => {
            let fields = fields.iter().map(|(key, value)| {
                let value = expand_value(value);
                match key {
                    Key::Literal(key) => quote!((::std::borrow::ToOwned::to_owned(#key), #value)),
                    Key::Value(key) => quote!((::std::string::ToString::to_string(&(#key)), #value)),
                }
            });
            quote!(#private::to_object([#(#fields),*]))
        }
    }
}

/// A literal's JSON, where it is the same whatever its type.
pub(crate) fn literal_json(literal: &syn::Lit) -> Option<String> {
    match literal {
        syn::Lit::Str(text) => Some(quoted(&text.value())),
        syn::Lit::Char(character) => Some(quoted(&character.value().to_string())),
        syn::Lit::Bool(value) => Some(value.value.to_string()),
        syn::Lit::Int(number) if number.suffix().is_empty() => {
            number.base10_parse::<u64>().ok().map(|number| number.to_string())
        }
        _ => None,
    }
}

fn quoted(text: &str) -> String {
    let mut json = String::from('"');
    for character in text.chars() {
        match character {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '\r' => json.push_str("\\r"),
            '\t' => json.push_str("\\t"),
            control if control < ' ' => json.push_str(&format!("\\u{:04x}", control as u32)),
            character => json.push(character),
        }
    }
    json.push('"');
    json
}
