//! `{ active: true, age: { $gte: 18 }, $or: [{ … }, { … }] }`.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Ident, Token, braced, token};

use crate::name::{self, Name};
use crate::value::Value;

/// The operators, as they are written here and as `mik_sql::Operator` names them.
const OPERATORS: [(&str, &str); 19] = [
    ("eq", "Eq"),
    ("ne", "Ne"),
    ("gt", "Gt"),
    ("gte", "Gte"),
    ("lt", "Lt"),
    ("lte", "Lte"),
    ("in", "In"),
    ("nin", "NotIn"),
    ("between", "Between"),
    ("contains", "Contains"),
    ("startsWith", "StartsWith"),
    ("starts_with", "StartsWith"),
    ("endsWith", "EndsWith"),
    ("ends_with", "EndsWith"),
    ("like", "Like"),
    ("ilike", "ILike"),
    ("regex", "Regex"),
    ("isNull", "IsNull"),
    ("is_null", "IsNull"),
];

/// `$gte`.
pub(crate) struct Operator {
    name: &'static str,
}

impl Parse for Operator {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        input.parse::<Token![$]>()?;
        Self::named(&input.call(Ident::parse_any)?)
    }
}

impl Operator {
    fn named(word: &Ident) -> syn::Result<Self> {
        match OPERATORS.iter().find(|(name, _)| word == name) {
            Some((_, name)) => Ok(Self { name }),
            None => {
                let known = OPERATORS.iter().filter(|(name, _)| !name.contains('_'));
                let known: Vec<String> = known.map(|(name, _)| format!("${name}")).collect();
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                Err(name::unknown(word.span(), "operator", &format!("${word}"), &known))
            }
        }
    }

    pub(crate) fn expand(&self, root: &TokenStream) -> TokenStream {
        let name = Ident::new(self.name, Span::call_site());
        quote!(#root::Operator::#name)
    }
}

pub(crate) enum Filter {
    Compare(Name, Operator, Box<Value>),
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Not(Box<Filter>),
}

impl Parse for Filter {
    /// With its braces.
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let content;
        let brace = braced!(content in input);
        let mut filters = Vec::new();
        while !content.is_empty() {
            filters.push(if content.peek(Token![$]) { logic(&content)? } else { field(&content)? });
            if !content.is_empty() {
                content.parse::<Token![,]>()?;
            }
        }
        if filters.is_empty() {
            return Err(syn::Error::new(brace.span.join(), "a filter without a condition: write `{ id: 7 }`"));
        }
        Ok(all(filters))
    }
}

fn all(mut filters: Vec<Filter>) -> Filter {
    if filters.len() == 1 { filters.remove(0) } else { Filter::All(filters) }
}

fn logic(input: ParseStream<'_>) -> syn::Result<Filter> {
    input.parse::<Token![$]>()?;
    let word: Ident = input.call(Ident::parse_any)?;
    input.parse::<Token![:]>()?;
    let is_not = word == "not";
    if !is_not && word != "and" && word != "or" {
        return Err(name::unknown(word.span(), "logic", &format!("${word}"), &["$and", "$or", "$not"]));
    }
    if is_not && input.peek(token::Brace) {
        return Ok(Filter::Not(Box::new(input.parse()?)));
    }
    let mut filters: Vec<Filter> = name::list(input)?;
    if is_not {
        return match filters.len() {
            1 => Ok(Filter::Not(Box::new(filters.remove(0)))),
            _ => Err(syn::Error::new(word.span(), "`$not` takes one condition: write `$not: { … }`")),
        };
    }
    if filters.is_empty() {
        return Err(syn::Error::new(word.span(), format!("`${word}` of nothing: write `${word}: [{{ … }}, {{ … }}]`")));
    }
    Ok(if word == "or" { Filter::Any(filters) } else { Filter::All(filters) })
}

fn field(input: ParseStream<'_>) -> syn::Result<Filter> {
    let field: Name = input.parse()?;
    input.parse::<Token![:]>()?;
    if !input.peek(token::Brace) {
        let value: Value = input.parse()?;
        if let Value::List(_, span) = value {
            return Err(syn::Error::new(span, "a list is compared by `$in`, `$nin` or `$between`"));
        }
        return Ok(Filter::Compare(field, Operator { name: "Eq" }, Box::new(value)));
    }
    let content;
    let brace = braced!(content in input);
    let mut filters = Vec::new();
    while !content.is_empty() {
        content.parse::<Token![$]>()?;
        let word: Ident = content.call(Ident::parse_any)?;
        let operator = Operator::named(&word)?;
        content.parse::<Token![:]>()?;
        let value: Value = content.parse()?;
        check(&word, &operator, &value)?;
        filters.push(Filter::Compare(field.clone(), operator, Box::new(value)));
        if !content.is_empty() {
            content.parse::<Token![,]>()?;
        }
    }
    if filters.is_empty() {
        return Err(syn::Error::new(brace.span.join(), "a condition without an operator: write `{ $gte: 18 }`"));
    }
    Ok(all(filters))
}

/// A list where one is taken, with as many values as make sense.
fn check(word: &Ident, operator: &Operator, value: &Value) -> syn::Result<()> {
    let is_list = matches!(operator.name, "In" | "NotIn" | "Between");
    match value {
        Value::List(items, span) if operator.name == "Between" && items.len() != 2 => {
            Err(syn::Error::new(*span, "`$between` takes two values: write `[18, 65]`"))
        }
        Value::List(items, span) if is_list && items.is_empty() => {
            Err(syn::Error::new(*span, "this list has no values: every row, or none, would be selected"))
        }
        Value::List(_, span) if !is_list => {
            Err(syn::Error::new(*span, format!("`${word}` takes one value, not a list")))
        }
        Value::Literal(_, expression) if is_list => {
            Err(syn::Error::new_spanned(expression, format!("`${word}` takes a list: write `[…]`")))
        }
        _ => Ok(()),
    }
}

impl Filter {
    pub(crate) fn expand(&self, root: &TokenStream) -> TokenStream {
        match self {
            Self::Compare(field, operator, value) => {
                let (operator, value) = (operator.expand(root), value.expand(root));
                quote!(#root::simple(#field, #operator, #value))
            }
            Self::All(filters) => {
                let filters = filters.iter().map(|filter| filter.expand(root));
                quote!(#root::and(::std::vec![#(#filters),*]))
            }
            Self::Any(filters) => {
                let filters = filters.iter().map(|filter| filter.expand(root));
                quote!(#root::or(::std::vec![#(#filters),*]))
            }
            Self::Not(filter) => {
                let filter = filter.expand(root);
                quote!(#root::not(#filter))
            }
        }
    }

    /// Whether it has a list whose length is known only when the program runs: of none, it might select every row.
    pub(crate) fn has_open_list(&self) -> bool {
        match self {
            Self::Compare(_, operator, value) => {
                matches!(operator.name, "In" | "NotIn") && matches!(**value, Value::Expr(_))
            }
            Self::All(filters) | Self::Any(filters) => filters.iter().any(Self::has_open_list),
            Self::Not(filter) => filter.has_open_list(),
        }
    }
}
