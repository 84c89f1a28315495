//! `#[field(…)]`: what a field says about itself.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::quote;
use syn::meta::ParseNestedMeta;
use syn::{Attribute, Expr, ExprLit, Lit, LitBool, LitStr, Token};

use super::format;
use super::number::{Number, count};
use crate::json::literal_json;

/// What the attributes of one field say.
#[derive(Default)]
pub(super) struct FieldAttributes {
    pub(super) rename: Option<LitStr>,
    pub(super) default: Option<DefaultValue>,
    pub(super) docs: Option<LitStr>,
    pub(super) deprecated: bool,
    /// Names that begin with `x-`, and their JSON.
    pub(super) extensions: Vec<(String, String)>,
    min: Option<Number>,
    max: Option<Number>,
    min_length: Option<Number>,
    max_length: Option<Number>,
    min_items: Option<Number>,
    max_items: Option<Number>,
    unique: Option<Span>,
    format: Option<LitStr>,
    pattern: Option<LitStr>,
    /// The rules and defaults that are given: what only a field can have.
    of_values: Vec<Ident>,
}

/// Where the value of a field that is left out comes from.
pub(super) enum DefaultValue {
    /// `default`: from its type.
    OfType,
    /// `default = 1`
    Value(Expr),
}

const KEYS: [&str; 14] = [
    "rename",
    "default",
    "min",
    "max",
    "min_length",
    "max_length",
    "min_items",
    "max_items",
    "unique",
    "format",
    "pattern",
    "docs",
    "deprecated",
    "x_…",
];

impl FieldAttributes {
    pub(super) fn parse(attributes: &[Attribute]) -> syn::Result<Self> {
        let mut parsed = Self::default();
        for attribute in attributes {
            if attribute.path().is_ident("field") {
                attribute.parse_nested_meta(|meta| parsed.key(&meta))?;
            }
        }
        parsed.agrees()?;
        Ok(parsed)
    }

    fn key(&mut self, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
        let Some(ident) = meta.path.get_ident() else {
            return Err(meta.error("a name was expected, as in `#[field(min = 1)]`"));
        };
        let key = ident.to_string();
        match key.as_str() {
            "rename" => once(&mut self.rename, ident, text(meta)?)?,
            "default" => {
                let value = match meta.input.peek(Token![=]) {
                    true => DefaultValue::Value(meta.value()?.parse()?),
                    false => DefaultValue::OfType,
                };
                once(&mut self.default, ident, value)?;
            }
            "min" => once(&mut self.min, ident, Number::parse(meta)?)?,
            "max" => once(&mut self.max, ident, Number::parse(meta)?)?,
            "min_length" => once(&mut self.min_length, ident, count(meta)?)?,
            "max_length" => once(&mut self.max_length, ident, count(meta)?)?,
            "min_items" => once(&mut self.min_items, ident, count(meta)?)?,
            "max_items" => once(&mut self.max_items, ident, count(meta)?)?,
            "unique" => {
                if flag(meta)? {
                    once(&mut self.unique, ident, ident.span())?;
                }
            }
            "format" => once(&mut self.format, ident, format::parse(meta)?)?,
            "pattern" => once(&mut self.pattern, ident, super::pattern::parse(meta)?)?,
            "docs" => once(&mut self.docs, ident, text(meta)?)?,
            "deprecated" => self.deprecated = flag(meta)?,
            _ if key.starts_with("x_") => {
                let value: Expr = meta.value()?.parse()?;
                let Some(json) = json(&value) else {
                    return Err(syn::Error::new_spanned(
                        value,
                        format!("`{key}` is a literal: a string, a number, or a boolean"),
                    ));
                };
                self.extensions.push((key.replace('_', "-"), json));
            }
            _ => return Err(meta.error(unknown(&key))),
        }
        if !matches!(key.as_str(), "rename" | "docs" | "deprecated") && !key.starts_with("x_") {
            self.of_values.push(ident.clone());
        }
        Ok(())
    }

    /// Two rules that no value keeps to, or a default that does not.
    fn agrees(&self) -> syn::Result<()> {
        let pairs = [(&self.min, &self.max), (&self.min_length, &self.max_length), (&self.min_items, &self.max_items)];
        for (smallest, largest) in pairs {
            if let (Some(smallest), Some(largest)) = (smallest, largest)
                && largest.is_less_than(smallest)
            {
                let message = format!("no value is at least {} and at most {}", smallest.text, largest.text);
                return Err(syn::Error::new(largest.span, message));
            }
        }
        if let Some(DefaultValue::Value(value)) = &self.default
            && let Some(number) = Number::of(value)
        {
            let is_too_small = self.min.as_ref().is_some_and(|least| number.is_less_than(least));
            let is_too_large = self.max.as_ref().is_some_and(|most| most.is_less_than(&number));
            if is_too_small || is_too_large {
                return Err(syn::Error::new_spanned(value, "the default does not keep to `min` and `max`"));
            }
        }
        Ok(())
    }

    /// A variant has a name, and holds no value of its own.
    pub(super) fn of_a_variant(&self) -> syn::Result<()> {
        match self.of_values.first() {
            None => Ok(()),
            Some(key) => Err(syn::Error::new(
                key.span(),
                format!("a variant has no value that `{key}` could be said of: write it before the field"),
            )),
        }
    }

    /// What is skipped does not come in, so there is nothing to check.
    pub(super) fn of_a_skipped_field(&self) -> syn::Result<()> {
        match self.of_values.iter().find(|key| *key != "default") {
            None => Ok(()),
            Some(key) => {
                Err(syn::Error::new(key.span(), format!("the field is skipped, and `{key}` is never checked")))
            }
        }
    }

    /// The default as JSON, where it is a literal.
    pub(super) fn default_json(&self) -> Option<String> {
        match &self.default {
            Some(DefaultValue::Value(value)) => json(value),
            _ => None,
        }
    }

    /// The rules as constants, for a value with this schema.
    pub(super) fn rules(&self, schema: &TokenStream) -> TokenStream {
        let mut members = Vec::new();
        for (name, number) in [
            ("min_length", &self.min_length),
            ("max_length", &self.max_length),
            ("min_items", &self.min_items),
            ("max_items", &self.max_items),
        ] {
            if let Some(number) = number {
                let (name, count) = (Ident::new(name, number.span), number.count());
                members.push(quote!(#name: ::core::option::Option::Some(#count)));
            }
        }
        for (name, text) in [("format", &self.format), ("pattern", &self.pattern)] {
            if let Some(text) = text {
                let name = Ident::new(name, text.span());
                members.push(quote!(#name: ::core::option::Option::Some(#text)));
            }
        }
        if self.unique.is_some() {
            members.push(quote!(unique_items: true));
        }
        let base = match (&self.min, &self.max) {
            (None, None) => quote!(__schema::Rules::NONE),
            (min, max) => {
                let [min, max] = [min, max].map(|limit| match limit {
                    None => quote!(::core::option::Option::None),
                    Some(limit) => {
                        let (text, count) = (&limit.text, limit.count());
                        quote!(::core::option::Option::Some((#text, #count)))
                    }
                });
                quote!(#schema.limits(#min, #max))
            }
        };
        if members.is_empty() { base } else { quote!(__schema::Rules { #(#members,)* ..#base }) }
    }

    /// Statements that check a value, which is an expression of reference type.
    pub(super) fn checks(&self, value: &TokenStream, checker: &TokenStream) -> TokenStream {
        let rules = quote!(::mik_sdk::typed::rules);
        let mut checks = TokenStream::new();
        for (method, limit) in [("at_least", &self.min), ("at_most", &self.max)] {
            if let Some(limit) = limit {
                let method = Ident::new(method, limit.span);
                let (number, literal, text) = (limit.wide_type(), limit.wide_literal(), &limit.text);
                let check = quote!(#rules::Limited::<#number>::#method(#value, #literal, #text, #checker););
                checks.extend(located(check, limit.span));
            }
        }
        for (function, of, limit) in [
            ("min_length", quote!(Textual::text), &self.min_length),
            ("max_length", quote!(Textual::text), &self.max_length),
            ("min_items", quote!(Listed::items), &self.min_items),
            ("max_items", quote!(Listed::items), &self.max_items),
        ] {
            if let Some(limit) = limit {
                let function = Ident::new(function, limit.span);
                let (count, text) = (limit.count(), &limit.text);
                let check = quote!(#rules::#function(#rules::#of(#value), #count, #text, #checker););
                checks.extend(located(check, limit.span));
            }
        }
        if let Some(span) = self.unique {
            let check = quote!(#rules::unique(#rules::Distinct::is_distinct(#value), #checker););
            checks.extend(located(check, span));
        }
        if let Some(format) = &self.format
            && let Some((function, name)) = format::check(&format.value())
        {
            let function = Ident::new(function, format.span());
            let text = quote!(#rules::Textual::text(#value));
            let check = quote!(#rules::format(#text, ::mik_sdk::typed::formats::#function, #name, #checker););
            checks.extend(located(check, format.span()));
        }
        if let Some(pattern) = &self.pattern {
            let compiled = super::pattern::compiled(pattern);
            let check = quote!(#rules::pattern(#rules::Textual::text(#value), #compiled, #pattern, #checker););
            checks.extend(located(check, pattern.span()));
        }
        checks
    }
}

/// The same tokens, as if they stood where the user wrote the rule: there the compiler says what is wrong with it. Names
/// mean what they meant.
fn located(tokens: TokenStream, span: Span) -> TokenStream {
    let token = |mut token: TokenTree| {
        if let TokenTree::Group(group) = &token {
            token = TokenTree::Group(Group::new(group.delimiter(), located(group.stream(), span)));
        }
        token.set_span(span.resolved_at(token.span()));
        token
    };
    tokens.into_iter().map(token).collect()
}

/// Says something once.
fn once<T>(slot: &mut Option<T>, key: &Ident, value: T) -> syn::Result<()> {
    if slot.replace(value).is_some() {
        return Err(syn::Error::new(key.span(), format!("`{key}` is given twice")));
    }
    Ok(())
}

fn text(meta: &ParseNestedMeta<'_>) -> syn::Result<LitStr> {
    let value: Expr = meta.value()?.parse()?;
    match value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Ok(text),
        _ => Err(syn::Error::new_spanned(value, "a string was expected, between quotes")),
    }
}

/// `unique`, or `unique = true`.
fn flag(meta: &ParseNestedMeta<'_>) -> syn::Result<bool> {
    if !meta.input.peek(Token![=]) {
        return Ok(true);
    }
    meta.value()?.parse::<LitBool>().map(|value| value.value)
}

/// The JSON of a literal.
fn json(value: &Expr) -> Option<String> {
    match value {
        Expr::Lit(ExprLit { lit, .. }) => match lit {
            Lit::Bool(_) | Lit::Str(_) | Lit::Char(_) => literal_json(lit),
            _ => Number::of(value).map(|number| number.text),
        },
        _ => Number::of(value).map(|number| number.text),
    }
}

fn unknown(key: &str) -> String {
    let known = KEYS.map(|key| format!("`{key}`")).join(", ");
    match crate::nearest(key, &KEYS) {
        Some(nearest) => format!("a field does not know `{key}`: did you mean `{nearest}`?\nit takes {known}"),
        None => format!("a field does not know `{key}`\nit takes {known}"),
    }
}
