//! The body of `Type::check`: every field, at its place in the JSON.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::Member;

use super::shape::{Container, Fields, Part, Shape, Variant};

/// Statements that check `self`.
pub(super) fn of(container: &Container) -> TokenStream {
    match &container.shape {
        Shape::Struct(fields) => {
            let checks = fields.parts().iter().map(|part| {
                let member = &part.member;
                let checker = checker();
                let whole = matches!(fields, Fields::Newtype(_));
                self::part(part, &quote!(&self.#member), &quote!(#checker), whole)
            });
            quote!(#(#checks)*)
        }
        Shape::Enum(variants) => {
            let arms = variants.iter().map(|variant| arm(container, variant));
            // Variants that are skipped cannot come in.
            quote! {
                #[allow(unreachable_patterns)]
                match self {
                    #(#arms)*
                    _ => {}
                }
            }
        }
    }
}

/// The name that the generated code has for the checker, which is none of the user's.
pub(super) fn checker() -> Ident {
    Ident::new("checker", Span::mixed_site())
}

fn arm(container: &Container, variant: &Variant) -> TokenStream {
    let ident = &variant.ident;
    let parts = variant.fields.parts();
    if parts.is_empty() {
        return TokenStream::new();
    }
    let checker = checker();
    let step = if container.serde.untagged || variant.serde.untagged {
        None
    } else if container.serde.tag.is_some() {
        container.serde.content.clone()
    } else {
        Some(variant.name.clone())
    };
    let enter = step.map(|step| quote!(let #checker = &mut #checker.at(#step);));
    let binding = |member: &Member| match member {
        Member::Named(ident) => format_ident!("__{}", ident),
        Member::Unnamed(index) => format_ident!("__{}", index.index),
    };
    let patterns = parts.iter().map(|part| {
        let (member, binding) = (&part.member, binding(&part.member));
        quote!(#member: #binding)
    });
    let whole = matches!(variant.fields, Fields::Newtype(_));
    let checks = parts.iter().map(|part| {
        let binding = binding(&part.member);
        self::part(part, &quote!(#binding), &quote!(#checker), whole)
    });
    quote! {
        Self::#ident { #(#patterns,)* .. } => {
            #enter
            #(#checks)*
        }
    }
}

/// The checks of one field: what it says itself, and what its type says.
fn part(part: &Part, value: &TokenStream, checker: &TokenStream, is_whole: bool) -> TokenStream {
    let place = if is_whole || part.serde.flatten {
        quote!(&mut *#checker)
    } else if let Member::Unnamed(index) = &part.member {
        let index = index.index as usize;
        quote!(&mut #checker.item(#index))
    } else {
        let name = &part.name;
        quote!(&mut #checker.at(#name))
    };
    let rules = part.field.checks(value, checker);
    let ty = &part.ty;
    // What is converted has a type that may not be a `Type`. Where it is one, it keeps to its rules all the same.
    let nested = if part.serde.is_converted {
        quote! {{
            use ::mik_sdk::typed::converted::{Checked as _, Unchecked as _};
            (&::mik_sdk::typed::converted::Converted::<#ty>(#value)).check_converted(#checker);
        }}
    } else {
        quote!(<#ty as ::mik_sdk::typed::Type>::check(#value, #checker);)
    };
    quote! {{
        let #checker = #place;
        #rules
        #nested
    }}
}
