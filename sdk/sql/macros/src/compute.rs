//! Computed columns and aggregates: `total: quantity * price`, `revenue: sum(total)`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Ident, Lit, Token, braced, parenthesized, token};

use crate::name::{self, Name};

/// `{ alias: expression, … }`.
pub(crate) struct Computed(pub(crate) Vec<(Name, Compute)>);

pub(crate) enum Compute {
    Column(Name),
    Literal(Lit),
    Binary(Box<Compute>, char, Box<Compute>),
    Call(Ident, Vec<Compute>),
}

const FUNCTIONS: [&str; 7] = ["concat", "coalesce", "upper", "lower", "round", "abs", "length"];

impl Parse for Computed {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let content;
        braced!(content in input);
        let mut computed = Vec::new();
        while !content.is_empty() {
            let alias: Name = content.parse()?;
            content.parse::<Token![:]>()?;
            computed.push((alias, sum(&content)?));
            if !content.is_empty() {
                content.parse::<Token![,]>()?;
            }
        }
        Ok(Self(computed))
    }
}

fn sum(input: ParseStream<'_>) -> syn::Result<Compute> {
    let mut left = product(input)?;
    loop {
        let sign = if input.peek(Token![+]) {
            input.parse::<Token![+]>()?;
            '+'
        } else if input.peek(Token![-]) {
            input.parse::<Token![-]>()?;
            '-'
        } else {
            return Ok(left);
        };
        left = Compute::Binary(Box::new(left), sign, Box::new(product(input)?));
    }
}

fn product(input: ParseStream<'_>) -> syn::Result<Compute> {
    let mut left = operand(input)?;
    loop {
        let sign = if input.peek(Token![*]) {
            input.parse::<Token![*]>()?;
            '*'
        } else if input.peek(Token![/]) {
            input.parse::<Token![/]>()?;
            '/'
        } else {
            return Ok(left);
        };
        left = Compute::Binary(Box::new(left), sign, Box::new(operand(input)?));
    }
}

fn operand(input: ParseStream<'_>) -> syn::Result<Compute> {
    if input.peek(token::Paren) {
        let content;
        parenthesized!(content in input);
        let inner = sum(&content)?;
        return if content.is_empty() { Ok(inner) } else { Err(content.error("an operator is missing here")) };
    }
    if input.peek(Lit) {
        return match input.parse()? {
            literal @ (Lit::Int(_) | Lit::Float(_) | Lit::Str(_) | Lit::Bool(_)) => Ok(Compute::Literal(literal)),
            literal => Err(syn::Error::new(literal.span(), "a number, text, `true` or `false` is expected here")),
        };
    }
    if input.peek(Ident) && input.peek2(token::Paren) {
        let function: Ident = input.parse()?;
        let content;
        parenthesized!(content in input);
        let mut arguments = Vec::new();
        while !content.is_empty() {
            arguments.push(sum(&content)?);
            if !content.is_empty() {
                content.parse::<Token![,]>()?;
            }
        }
        let text = function.to_string();
        let (least, most) = match text.as_str() {
            "concat" | "coalesce" => (1, usize::MAX),
            "round" => (1, 2),
            "upper" | "lower" | "abs" | "length" | "len" => (1, 1),
            text => return Err(name::unknown(function.span(), "function", text, &FUNCTIONS)),
        };
        if arguments.len() < least || arguments.len() > most {
            return Err(syn::Error::new(
                function.span(),
                format!("`{text}` does not take {} arguments", arguments.len()),
            ));
        }
        if text == "round"
            && matches!(arguments.get(1), Some(decimals) if !matches!(decimals, Compute::Literal(Lit::Int(_))))
        {
            return Err(syn::Error::new(
                function.span(),
                "`round` takes the number of decimals as a literal: `round(price, 2)`",
            ));
        }
        return Ok(Compute::Call(function, arguments));
    }
    if input.is_empty() {
        return Err(input.error("a column, a literal, a function or `(…)` is missing here"));
    }
    Ok(Compute::Column(input.parse()?))
}

impl Compute {
    pub(crate) fn expand(&self, root: &TokenStream) -> TokenStream {
        match self {
            Self::Column(name) => quote!(#root::col(#name)),
            Self::Literal(Lit::Int(literal)) => quote!(#root::val(#root::Value::Int(#literal))),
            Self::Literal(Lit::Float(literal)) => quote!(#root::val(#root::Value::Float(#literal))),
            Self::Literal(literal) => quote!(#root::val(#literal)),
            Self::Binary(left, sign, right) => {
                let (left, right) = (left.expand(root), right.expand(root));
                match sign {
                    '+' => quote!((#left + #right)),
                    '-' => quote!((#left - #right)),
                    '*' => quote!((#left * #right)),
                    _ => quote!((#left / #right)),
                }
            }
            Self::Call(function, arguments) => {
                let list: Vec<TokenStream> = arguments.iter().map(|argument| argument.expand(root)).collect();
                let first = list.first();
                match function.to_string().as_str() {
                    "concat" => quote!(#root::concat([#(#list),*])),
                    "coalesce" => quote!(#root::coalesce([#(#list),*])),
                    "upper" => quote!(#first.upper()),
                    "lower" => quote!(#first.lower()),
                    "abs" => quote!(#first.abs()),
                    "round" => match arguments.get(1) {
                        Some(Self::Literal(Lit::Int(decimals))) => quote!(#first.round_to(#decimals)),
                        _ => quote!(#first.round()),
                    },
                    _ => quote!(#first.length()),
                }
            }
        }
    }
}

/// `{ count: *, sum: total, revenue: sum(total) }`.
pub(crate) struct Aggregates(Vec<Aggregate>);

struct Aggregate {
    alias: Option<Name>,
    function: &'static str,
    column: Option<Name>,
}

const AGGREGATES: [(&str, &str); 7] = [
    ("count", "count_field"),
    ("count_distinct", "count_distinct"),
    ("countDistinct", "count_distinct"),
    ("sum", "sum"),
    ("avg", "avg"),
    ("min", "min"),
    ("max", "max"),
];

impl Parse for Aggregates {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let content;
        braced!(content in input);
        Ok(Self(name::all(&content)?))
    }
}

impl Parse for Aggregate {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let first: Name = input.parse()?;
        input.parse::<Token![:]>()?;
        if input.peek(Ident) && input.peek2(token::Paren) {
            let function: Ident = input.parse()?;
            let content;
            parenthesized!(content in input);
            let aggregate = Self::named(&function.to_string(), function.span(), &content)?;
            return Ok(Self { alias: Some(first), ..aggregate });
        }
        Self::named(&first.text, first.span, input)
    }
}

impl Aggregate {
    /// The function, and what it is of.
    fn named(word: &str, span: proc_macro2::Span, input: ParseStream<'_>) -> syn::Result<Self> {
        let Some((_, function)) = AGGREGATES.iter().find(|(name, _)| *name == word) else {
            let known = ["count", "count_distinct", "sum", "avg", "min", "max"];
            return Err(name::unknown(span, "aggregate", word, &known));
        };
        let mut function = *function;
        let column = if input.peek(Token![*]) {
            let star: Token![*] = input.parse()?;
            if function != "count_field" {
                return Err(syn::Error::new(
                    star.span,
                    format!("`{word}` is of a column: only `count` is of all rows"),
                ));
            }
            function = "count";
            None
        } else {
            Some(input.parse()?)
        };
        Ok(Self { alias: None, function, column })
    }
}

impl Aggregates {
    pub(crate) fn expand(&self, root: &TokenStream) -> TokenStream {
        let aggregates = self.0.iter().map(|Aggregate { alias, function, column }| {
            let function = Ident::new(function, proc_macro2::Span::call_site());
            let column = column.iter();
            let alias = alias.iter();
            quote!(.aggregate(#root::Aggregate::#function(#(#column)*)#(.as_alias(#alias))*))
        });
        quote!(#(#aggregates)*)
    }
}
