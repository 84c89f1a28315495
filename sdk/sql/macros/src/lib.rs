//! The macros of `mik-sql`: import them from there. Each is given the crate's path in brackets, then what the user wrote.

mod compute;
mod filter;
mod name;
mod options;
mod read;
mod value;
mod write;

use proc_macro::TokenStream;

/// `mik_sql::sql_read!`.
#[proc_macro]
pub fn sql_read(input: TokenStream) -> TokenStream {
    expand(syn::parse(input).map(|read: read::Read| read.expand()))
}

/// `mik_sql::sql_create!`.
#[proc_macro]
pub fn sql_create(input: TokenStream) -> TokenStream {
    expand(syn::parse(input).map(|create: write::Create| create.expand()))
}

/// `mik_sql::sql_update!`.
#[proc_macro]
pub fn sql_update(input: TokenStream) -> TokenStream {
    expand(syn::parse(input).map(|update: write::Update| update.expand()))
}

/// `mik_sql::sql_delete!`.
#[proc_macro]
pub fn sql_delete(input: TokenStream) -> TokenStream {
    expand(syn::parse(input).map(|delete: write::Delete| delete.expand()))
}

fn expand(expanded: syn::Result<proc_macro2::TokenStream>) -> TokenStream {
    expanded.unwrap_or_else(syn::Error::into_compile_error).into()
}
