//! `pattern = "…"`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::LitStr;
use syn::meta::ParseNestedMeta;

pub(super) fn parse(meta: &ParseNestedMeta<'_>) -> syn::Result<LitStr> {
    let _: LitStr = meta.value()?.parse()?;
    Err(meta.error("not yet"))
}

pub(super) fn compiled(pattern: &LitStr) -> TokenStream {
    quote!(#pattern)
}
