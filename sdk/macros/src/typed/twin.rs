//! `serde` for a type whose crate need not know `serde`.
//!
//! A derive cannot add attributes to the type it stands on, and `serde` has to be told by one where it is. So its derives
//! are put on a twin of the type (`#[serde(remote = "…")]`), which has the attributes as `serde` spells them.

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens as _, format_ident, quote};
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Data, DeriveInput, Expr, ExprLit, Field, Generics, Lifetime, Lit, LitStr, TypeParamBound, parse_quote,
};

use super::bounded;
use super::field::{DefaultValue, FieldAttributes};
use super::shape::Container;

/// The twin, and the `impl`s that call it.
pub(super) fn expand(input: &DeriveInput, container: &Container, twin: &Ident) -> syn::Result<TokenStream> {
    let name = &input.ident;
    let mut defaults = Vec::new();
    let mut data = input.data.clone();
    let (_, type_generics, _) = input.generics.split_for_impl();
    let own = quote!(#name #type_generics);
    let fields: Vec<&mut Field> = match &mut data {
        Data::Struct(data) => data.fields.iter_mut().collect(),
        Data::Enum(data) => data.variants.iter_mut().flat_map(|variant| &mut variant.fields).collect(),
        Data::Union(_) => Vec::new(),
    };
    for field in fields {
        field.ty = syn::Type::Verbatim(with_self(field.ty.to_token_stream(), &own));
    }
    match &mut data {
        Data::Struct(data) => {
            for field in &mut data.fields {
                translate(field, twin, &mut defaults)?;
            }
        }
        Data::Enum(data) => {
            for variant in &mut data.variants {
                variant.discriminant = None;
                translate_attributes(&mut variant.attrs, None, twin, &mut defaults)?;
                for field in &mut variant.fields {
                    translate(field, twin, &mut defaults)?;
                }
            }
        }
        Data::Union(_) => {}
    }

    let turbofish = type_generics.as_turbofish();
    let remote = name.to_string();
    let serde_attributes = input.attrs.iter().filter(|attribute| attribute.path().is_ident("serde"));
    let twin_item = DeriveInput {
        attrs: vec![
            parse_quote!(#[derive(::mik_sdk::__private::serde::Serialize, ::mik_sdk::__private::serde::Deserialize)]),
            parse_quote!(#[serde(crate = "::mik_sdk::__private::serde", remote = #remote)]),
            parse_quote!(#[allow(dead_code)]),
        ]
        .into_iter()
        .chain(serde_attributes.cloned())
        .collect(),
        vis: syn::Visibility::Inherited,
        ident: twin.clone(),
        generics: input.generics.clone(),
        data,
    };

    let serialize = bounds(input, container, &parse_quote!(::mik_sdk::__private::serde::Serialize));
    let (serialize_generics, _, serialize_where) = serialize.split_for_impl();
    let mut deserialize = bounds(input, container, &parse_quote!(::mik_sdk::__private::serde::Deserialize<'de>));
    let borrowed = borrowed_lifetimes(input, container);
    deserialize.params.insert(0, parse_quote!('de #(: #borrowed)*));
    let (deserialize_generics, _, deserialize_where) = deserialize.split_for_impl();

    Ok(quote! {
        #twin_item

        #(#defaults)*

        impl #serialize_generics ::mik_sdk::__private::serde::Serialize for #name #type_generics #serialize_where {
            fn serialize<S: ::mik_sdk::__private::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                #twin #turbofish::serialize(self, serializer)
            }
        }

        impl #deserialize_generics ::mik_sdk::__private::serde::Deserialize<'de> for #name #type_generics #deserialize_where {
            fn deserialize<D: ::mik_sdk::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                #twin #turbofish::deserialize(deserializer)
            }
        }
    })
}

/// A field's type in the twin, where `Self` is another type.
fn with_self(tokens: TokenStream, own: &TokenStream) -> TokenStream {
    let token = |token: TokenTree| match token {
        TokenTree::Ident(ident) if ident == "Self" => own.clone(),
        TokenTree::Group(group) => {
            let mut inner = Group::new(group.delimiter(), with_self(group.stream(), own));
            inner.set_span(group.span());
            TokenTree::Group(inner).into()
        }
        token => token.into(),
    };
    tokens.into_iter().flat_map(token).collect()
}

/// The bounds that the type says itself, else those that its fields need.
fn bounds(input: &DeriveInput, container: &Container, bound: &TypeParamBound) -> Generics {
    let Some(predicates) = &container.serde.bound else {
        return bounded(&input.generics, container, bound);
    };
    let mut generics = bounded(&input.generics, container, &parse_quote!(::core::marker::Sized));
    generics.make_where_clause().predicates.extend(predicates.iter().cloned());
    generics
}

/// The lifetimes of what a value borrows from the text that it is read from.
fn borrowed_lifetimes(input: &DeriveInput, container: &Container) -> Vec<Lifetime> {
    let parts = container.parts();
    let is_borrowed = |lifetime: &Lifetime| {
        parts.iter().any(|part| {
            let tokens = part.ty.to_token_stream().to_string();
            let reference = format!("& {lifetime}");
            part.serde.borrow || tokens.replace("& '", "&'").contains(&reference.replace("& ", "&"))
        })
    };
    input.generics.lifetimes().map(|parameter| parameter.lifetime.clone()).filter(is_borrowed).collect()
}

/// Turns the attributes of a field into those that `serde` knows.
fn translate(field: &mut Field, twin: &Ident, defaults: &mut Vec<TokenStream>) -> syn::Result<()> {
    let field_type = field.ty.clone();
    translate_attributes(&mut field.attrs, Some(&field_type), twin, defaults)
}

fn translate_attributes(
    attributes: &mut Vec<Attribute>,
    field_type: Option<&syn::Type>,
    twin: &Ident,
    defaults: &mut Vec<TokenStream>,
) -> syn::Result<()> {
    let parsed = FieldAttributes::parse(attributes)?;
    attributes.retain(|attribute| attribute.path().is_ident("serde"));
    let mut serde: Punctuated<TokenStream, syn::Token![,]> = Punctuated::new();
    if let Some(name) = &parsed.rename {
        serde.push(quote!(rename = #name));
    }
    match (&parsed.default, field_type) {
        (None, _) | (Some(_), None) => {}
        (Some(DefaultValue::OfType), Some(_)) => serde.push(quote!(default)),
        (Some(DefaultValue::Value(value)), Some(field_type)) => {
            let function = format_ident!("{}_default_{}", twin, defaults.len());
            let path = LitStr::new(&function.to_string(), twin.span());
            serde.push(quote!(default = #path));
            // A string is what a literal is; the field may want another sort of text.
            let value = match value {
                Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => quote!(::core::convert::Into::into(#text)),
                value => value.to_token_stream(),
            };
            defaults.push(quote! {
                #[allow(non_snake_case)]
                fn #function() -> #field_type {
                    #value
                }
            });
        }
    }
    if !serde.is_empty() {
        attributes.push(parse_quote!(#[serde(#serde)]));
    }
    Ok(())
}
