//! Names of tables, columns and options.

use proc_macro2::Span;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Ident, LitStr, Token, bracketed};

/// The name of a column or table: `name`, `users.name`, or `"any name"`.
#[derive(Clone)]
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) span: Span,
}

impl Parse for Name {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(LitStr) {
            let literal: LitStr = input.parse()?;
            return Ok(Self { text: literal.value(), span: literal.span() });
        }
        let first: Ident = input.call(Ident::parse_any)?;
        let mut text = first.unraw().to_string();
        while input.peek(Token![.]) {
            input.parse::<Token![.]>()?;
            text.push('.');
            text.push_str(&input.call(Ident::parse_any)?.unraw().to_string());
        }
        Ok(Self { text, span: first.span() })
    }
}

impl ToTokens for Name {
    fn to_tokens(&self, tokens: &mut proc_macro2::TokenStream) {
        LitStr::new(&self.text, self.span).to_tokens(tokens);
    }
}

/// `[one, other]`.
pub(crate) fn list<T: Parse>(input: ParseStream<'_>) -> syn::Result<Vec<T>> {
    let content;
    bracketed!(content in input);
    Ok(Punctuated::<T, Token![,]>::parse_terminated(&content)?.into_iter().collect())
}

/// `one, other`, up to the end.
pub(crate) fn all<T: Parse>(input: ParseStream<'_>) -> syn::Result<Vec<T>> {
    Ok(Punctuated::<T, Token![,]>::parse_terminated(input)?.into_iter().collect())
}

/// An error about a word that is none of those that fit there.
pub(crate) fn unknown(span: Span, what: &str, word: &str, known: &[&str]) -> syn::Error {
    let nearest = known.iter().map(|known| (distance(word, known), known)).min();
    let hint = match nearest {
        Some((distance, known)) if distance <= word.len() / 2 && distance < 4 => format!("did you mean `{known}`? "),
        _ => String::new(),
    };
    syn::Error::new(span, format!("`{word}` is no {what}: {hint}there are `{}`", known.join("`, `")))
}

/// How many characters have to be added, taken away or changed.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, left) in one.chars().enumerate() {
        let mut diagonal = index;
        let mut last = index + 1;
        for (cell, right) in row.iter_mut().skip(1).zip(&other) {
            let up = *cell;
            last = (diagonal + usize::from(left != *right)).min(up + 1).min(last + 1);
            diagonal = up;
            *cell = last;
        }
        if let Some(first) = row.first_mut() {
            *first = index + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn words_are_as_far_apart_as_their_characters() {
        for (one, other, expected) in [
            ("", "ab", 2),
            ("ab", "", 2),
            ("limit", "limit", 0),
            ("limt", "limit", 1),
            ("oder", "order", 1),
            ("ab", "ba", 2),
        ] {
            assert_eq!(distance(one, other), expected, "{one} {other}");
        }
    }
}
