//! What all macros begin with: `[$crate] sqlite, table { option: …, option: … }`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Ident, LitStr, Token, braced, bracketed};

use crate::name::Name;

/// The crate's path, the database and the table.
pub(crate) struct Head {
    pub(crate) root: TokenStream,
    pub(crate) dialect: TokenStream,
    pub(crate) table: Name,
}

/// Reads the head, and gives each option to `read`, which leaves its value read.
pub(crate) fn parse(
    input: ParseStream<'_>,
    mut read: impl FnMut(&Ident, ParseStream<'_>) -> syn::Result<()>,
) -> syn::Result<Head> {
    let path;
    bracketed!(path in input);
    let root: TokenStream = path.parse()?;
    let mut dialect = quote!(Postgres);
    if input.peek2(Token![,]) {
        let word: Ident = input.parse()?;
        dialect = match word.to_string().as_str() {
            "postgres" | "pg" => quote!(Postgres),
            "sqlite" => quote!(Sqlite),
            word_text => return Err(crate::name::unknown(word.span(), "database", word_text, &["postgres", "sqlite"])),
        };
        input.parse::<Token![,]>()?;
    }
    if !input.peek(Ident::peek_any) && !input.peek(LitStr) {
        return Err(input.error("a table is missing here: write `users { … }`"));
    }
    let table: Name = input.parse()?;
    let content;
    braced!(content in input);
    let mut names: Vec<Ident> = Vec::new();
    while !content.is_empty() {
        let name: Ident = content.call(Ident::parse_any)?;
        if names.contains(&name) {
            return Err(syn::Error::new(name.span(), format!("`{name}` is there twice")));
        }
        content.parse::<Token![:]>()?;
        read(&name, &content)?;
        names.push(name);
        if !content.is_empty() {
            content.parse::<Token![,]>()?;
        }
    }
    if !input.is_empty() {
        return Err(input.error("nothing comes after the table's braces"));
    }
    Ok(Head { root, dialect, table })
}

impl Head {
    /// The beginning of a statement.
    pub(crate) fn builder(&self, builder: &TokenStream) -> TokenStream {
        let Self { root, dialect, table } = self;
        quote!(#root::#builder::new(#root::Dialect::#dialect, #table))
    }
}
