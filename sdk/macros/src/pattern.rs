//! A route's pattern, and a group's: how it is spelled, and which of two that fit the same path goes first.

use std::cmp::Reverse;

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::LitStr;

/// A pattern, cut at its slashes.
pub(crate) struct Pattern {
    text: String,
    segments: Vec<Segment>,
}

enum Segment {
    Literal(String),
    Param { prefix: String, name: String, suffix: String },
    Rest(String),
}

impl Pattern {
    /// Reads what stands in a route, after the prefix of its group.
    pub(crate) fn parse(prefix: &str, literal: &LitStr) -> syn::Result<Self> {
        let text = literal.value();
        let refuse = |message: String| Err(syn::Error::new(literal.span(), message));
        if !text.is_empty() && !text.starts_with('/') {
            return refuse(format!("a path begins with a slash: write `\"/{text}\"`"));
        }
        if let Some(position) = text.find(['?', '#']) {
            return refuse(format!(
                "a route is a path without `{}`: take what is in the query with `Query<T>`",
                &text[position..]
            ));
        }
        let text = format!("{prefix}{text}");
        let mut segments = Vec::new();
        for part in text.split('/') {
            let segment = match Segment::parse(part) {
                Ok(segment) => segment,
                Err(message) => return refuse(message),
            };
            let is_again = |other: &Segment| other.name() == segment.name();
            if let Some(name) = segment.name()
                && segments.iter().any(is_again)
            {
                return refuse(format!("`{{{name}}}` is in this route twice"));
            }
            segments.push(segment);
        }
        Ok(Self { text, segments })
    }

    /// The prefix of a group, which its routes go on with.
    pub(crate) fn parse_prefix(outer: &str, literal: &LitStr) -> syn::Result<Self> {
        let pattern = Self::parse(outer, literal)?;
        if let Some(without) = literal.value().strip_suffix('/') {
            let message = format!("a prefix ends before the slash that its routes begin with: write {without:?}");
            return Err(syn::Error::new(literal.span(), message));
        }
        match pattern.segments.last() {
            Some(Segment::Rest(name)) => {
                let message = format!("`{{*{name}}}` is everything that is left: no route can go on after it");
                Err(syn::Error::new(literal.span(), message))
            }
            _ => Ok(pattern),
        }
    }

    /// The pattern as `matchit` shall see it: what the handler's table compares is compared here, too.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The pattern without what its parameters are called: two with the same shape fit the same paths.
    pub(crate) fn shape(&self) -> String {
        let shapes = self.segments.iter().map(|segment| match segment {
            Segment::Literal(text) => text.replace('{', "{{"),
            Segment::Param { prefix, suffix, .. } => format!("{}{{}}{}", prefix.replace('{', "{{"), suffix),
            Segment::Rest(_) => "{*}".to_owned(),
        });
        shapes.collect::<Vec<_>>().join("/")
    }

    /// Sorts patterns so that the first that fits a path is the one `matchit` would choose: segment by segment, what says
    /// more goes first.
    pub(crate) fn order(&self) -> Vec<(u8, Reverse<usize>)> {
        self.segments
            .iter()
            .map(|segment| match segment {
                Segment::Literal(_) => (0, Reverse(0)),
                Segment::Param { suffix, .. } if !suffix.is_empty() => (1, Reverse(suffix.len())),
                Segment::Param { prefix, .. } if !prefix.is_empty() => (2, Reverse(prefix.len())),
                Segment::Param { .. } => (3, Reverse(0)),
                Segment::Rest(_) => (4, Reverse(0)),
            })
            .collect()
    }

    /// Sorts prefixes so that the first that a path begins with is the innermost: as [`order`](Self::order), and what goes
    /// on goes first.
    pub(crate) fn prefix_order(&self) -> Vec<(u8, Reverse<usize>)> {
        let mut order = self.order();
        order.push((u8::MAX, Reverse(0)));
        order
    }

    /// The segments, as the table of `mik_sdk` has them.
    pub(crate) fn to_tokens(&self) -> TokenStream {
        let segments = self.segments.iter().map(|segment| match segment {
            Segment::Literal(text) if text.contains('%') => quote_spanned! {Span::mixed_site()=>
                ::mik_sdk::__private::Segment::Escaped(|part, _| ::mik_sdk::__private::is_escaped(part, #text))
            },
            Segment::Param { prefix, name, suffix } if prefix.contains('%') || suffix.contains('%') => {
                quote_spanned! {Span::mixed_site()=>
                    ::mik_sdk::__private::Segment::Escaped(|part, take| {
                        match ::mik_sdk::__private::between_escaped(part, #prefix, #suffix) {
                            ::core::option::Option::Some(value) => {
                                take(#name, value);
                                true
                            }
                            ::core::option::Option::None => false,
                        }
                    })
                }
            }
            Segment::Literal(text) => quote!(::mik_sdk::__private::Segment::Literal(#text)),
            Segment::Param { prefix, name, suffix } => quote!(::mik_sdk::__private::Segment::Param {
                prefix: #prefix,
                name: #name,
                suffix: #suffix,
            }),
            Segment::Rest(name) => quote!(::mik_sdk::__private::Segment::Rest(#name)),
        });
        quote!(&[#(#segments),*])
    }
}

impl Segment {
    fn parse(part: &str) -> Result<Self, String> {
        // What other routers, and axum before 0.8, call a parameter would be literal text here, and nothing would say so.
        if let Some(name) = part.strip_prefix(':').filter(|name| !name.is_empty()) {
            return Err(format!("`{part}` would be literal text: a parameter is written `{{{name}}}`"));
        }
        if let Some(name) = part.strip_prefix('*') {
            let name = if name.is_empty() { "rest" } else { name };
            return Err(format!("`{part}` would be literal text: everything that is left is written `{{*{name}}}`"));
        }
        let mut prefix = String::new();
        let mut param: Option<String> = None;
        let mut suffix = String::new();
        let mut rest = part;
        while let Some(character) = rest.chars().next() {
            let text = if param.is_some() { &mut suffix } else { &mut prefix };
            if let Some(after) = rest.strip_prefix("{{") {
                text.push('{');
                rest = after;
            } else if let Some(after) = rest.strip_prefix("}}") {
                text.push('}');
                rest = after;
            } else if let Some(after) = rest.strip_prefix('{') {
                let Some((name, after)) = after.split_once('}') else {
                    return Err(format!("`{part}` has a brace that is not closed"));
                };
                if param.is_some() {
                    return Err(format!("`{part}` has two parameters: there is one at most between two slashes"));
                }
                check_name(name)?;
                param = Some(name.to_owned());
                rest = after;
            } else if character == '}' {
                return Err(format!("`{part}` has a brace that was not opened: write `}}}}` for a literal one"));
            } else {
                push_encoded(text, character);
                rest = &rest[character.len_utf8()..];
            }
        }
        match param {
            None => Ok(Self::Literal(prefix)),
            Some(name) => match name.strip_prefix('*') {
                None => Ok(Self::Param { prefix, name, suffix }),
                Some(name) if prefix.is_empty() && suffix.is_empty() => Ok(Self::Rest(name.to_owned())),
                Some(name) => Err(format!("`{{*{name}}}` stands alone after its slash")),
            },
        }
    }

    fn name(&self) -> Option<&str> {
        match self {
            Self::Literal(_) => None,
            Self::Param { name, .. } | Self::Rest(name) => Some(name),
        }
    }
}

fn check_name(name: &str) -> Result<(), String> {
    let bare = name.strip_prefix('*').unwrap_or(name);
    if syn::parse_str::<syn::Ident>(bare).is_ok() {
        return Ok(());
    }
    Err(match bare {
        "" => "a parameter needs a name: `{id}`, or `{*rest}` for everything that is left".into(),
        _ => format!("`{bare}` cannot be the name of a parameter: write a Rust name, such as `{{id}}`"),
    })
}

/// A client sends what is not ASCII percent-encoded, so a route that is written as people read it is compared encoded.
pub(crate) fn push_encoded(text: &mut String, character: char) {
    if character.is_ascii() && character > ' ' && character != '\x7f' {
        text.push(character);
        return;
    }
    for byte in character.encode_utf8(&mut [0; 4]).bytes() {
        text.push_str(&format!("%{byte:02X}"));
    }
}
