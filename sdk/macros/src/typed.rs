//! `derive(Type)`: `serde` for a type whose crate need not know `serde`.
//!
//! A derive cannot add attributes to the type it stands on, and `serde` has to be told by one where it is. So its derives
//! are put on a twin of the type (`#[serde(remote = "…")]`), which has the attributes as `serde` spells them.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::punctuated::Punctuated;
use syn::{Attribute, Data, DeriveInput, Field, Generics, parse_quote};

use crate::field::{DefaultValue, FieldAttributes, literal};

/// Expands `derive(Type)`.
pub(crate) fn expand(input: DeriveInput) -> syn::Result<TokenStream> {
    let name = &input.ident;
    let twin = format_ident!("__{}", name);
    let mut defaults = Vec::new();
    let data = match input.data.clone() {
        Data::Struct(mut data) => {
            for field in &mut data.fields {
                translate(field, &twin, &mut defaults)?;
            }
            Data::Struct(data)
        }
        Data::Enum(mut data) => {
            for variant in &mut data.variants {
                variant.discriminant = None;
                translate_attributes(&mut variant.attrs, None, &twin, &mut defaults)?;
                for field in &mut variant.fields {
                    translate(field, &twin, &mut defaults)?;
                }
            }
            Data::Enum(data)
        }
        Data::Union(data) => {
            return Err(syn::Error::new(data.union_token.span, "a union has no JSON"));
        }
    };

    let (_, type_generics, _) = input.generics.split_for_impl();
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

    let serialize = bounded(&input.generics, &parse_quote!(::mik_sdk::__private::serde::Serialize));
    let (serialize_generics, _, serialize_where) = serialize.split_for_impl();
    let mut deserialize = bounded(&input.generics, &parse_quote!(::mik_sdk::__private::serde::Deserialize<'de>));
    deserialize.params.insert(0, parse_quote!('de));
    let (deserialize_generics, _, deserialize_where) = deserialize.split_for_impl();

    Ok(quote! {
        const _: () = {
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
        };
    })
}

/// The generics, with a bound on every type parameter, as a derive puts it.
fn bounded(generics: &Generics, bound: &syn::TypeParamBound) -> Generics {
    let mut generics = generics.clone();
    for parameter in generics.type_params_mut() {
        parameter.bounds.push(bound.clone());
        parameter.default = None;
    }
    generics
}

/// Turns the attributes of a field into those that `serde` knows.
fn translate(field: &mut Field, twin: &syn::Ident, defaults: &mut Vec<TokenStream>) -> syn::Result<()> {
    let field_type = field.ty.clone();
    translate_attributes(&mut field.attrs, Some(&field_type), twin, defaults)
}

fn translate_attributes(
    attributes: &mut Vec<Attribute>,
    field_type: Option<&syn::Type>,
    twin: &syn::Ident,
    defaults: &mut Vec<TokenStream>,
) -> syn::Result<()> {
    let parsed = FieldAttributes::parse(attributes)?;
    attributes.retain(|attribute| attribute.path().is_ident("serde"));
    let mut serde: Punctuated<TokenStream, syn::Token![,]> = Punctuated::new();
    if let Some(name) = &parsed.rename {
        serde.push(quote!(rename = #name));
    }
    match (&parsed.default, field_type) {
        (None, _) | (Some(DefaultValue::Value(_)), None) => {}
        (Some(DefaultValue::OfType), _) => serde.push(quote!(default)),
        (Some(DefaultValue::Value(value)), Some(field_type)) => {
            let function = format_ident!("{}_default_{}", twin, defaults.len());
            let path = literal(&function.to_string(), twin.span());
            serde.push(quote!(default = #path));
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
