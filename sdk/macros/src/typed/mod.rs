//! `derive(Type)`, `derive(Path)`, `derive(Query)`: `serde`, what a type is for the OpenAPI document, and what it keeps to.

mod case;
mod check;
mod field;
mod format;
mod number;
mod pattern;
mod schema;
mod serde;
mod shape;
mod twin;

use proc_macro2::TokenStream;
use quote::{ToTokens as _, format_ident, quote};
use syn::{DeriveInput, Generics, TypeParamBound, parse_quote};

use shape::{Container, Fields, Shape};

/// What a derive is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Derive {
    Type,
    Path,
    Query,
}

/// Expands a derive.
pub(crate) fn expand(derive: Derive, input: &DeriveInput) -> syn::Result<TokenStream> {
    let container = Container::new(input)?;
    derive.fits(&container)?;
    let twin = format_ident!("__{}", input.ident);
    let serde = twin::expand(input, &container, &twin)?;
    let typed = implementation(input, &container);
    Ok(quote! {
        const _: () = {
            #serde
            #typed
        };
    })
}

impl Derive {
    fn fits(self, container: &Container) -> syn::Result<()> {
        let (name, example) = match self {
            Self::Type => return Ok(()),
            Self::Path => ("a path", "`struct Place { shelf: u32, book: String }`"),
            Self::Query => ("a query", "`struct Page { limit: Option<u32> }`"),
        };
        match container.shape {
            Shape::Struct(Fields::Named(_) | Fields::Newtype(_)) => Ok(()),
            _ => Err(syn::Error::new(
                container.ident.span(),
                format!("{name} gives its values to fields by their names: write a struct, as in {example}"),
            )),
        }
    }
}

/// `impl Type`.
fn implementation(input: &DeriveInput, container: &Container) -> TokenStream {
    let ident = &input.ident;
    let (_, type_generics, _) = input.generics.split_for_impl();
    let generics = bounded(&input.generics, container, &parse_quote!(::mik_sdk::typed::Type));
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let schema = schema::of(container);
    let parts = schema::parts(container);
    let check = check::of(container);
    let checker = check::checker();
    let described = if container.is_generic {
        quote!(const SCHEMA: &'static __schema::Schema = &#schema;)
    } else {
        let name = &container.name;
        quote! {
            const SCHEMA: &'static __schema::Schema = &__schema::Schema::new(__schema::Kind::Reference(#name));
            const DEFINITION: ::core::option::Option<&'static __schema::Definition> =
                ::core::option::Option::Some(&__schema::Definition { name: #name, schema: &#schema });
        }
    };
    quote! {
        // Under a name that is none of the user's: their types may be called `Kind` and `Schema` too.
        const _: () = {
            #[allow(unused_imports)]
            use ::mik_sdk::typed::schema as __schema;

            impl #impl_generics ::mik_sdk::typed::Type for #ident #type_generics #where_clause {
                #described
                type Parts = #parts;

                #[inline]
                #[allow(unused_variables, unused_imports, clippy::needless_borrow)]
                fn check(&self, #checker: &mut ::mik_sdk::typed::Checker<'_>) {
                    #check
                }
            }
        };
    }
}

/// The generics, with a bound on every type parameter that a field's value holds.
fn bounded(generics: &Generics, container: &Container, bound: &TypeParamBound) -> Generics {
    let mut generics = generics.clone();
    for parameter in generics.type_params_mut() {
        parameter.default = None;
        let is_held = container.parts().iter().any(|part| {
            let ty = &part.ty;
            let is_phantom = matches!(ty, syn::Type::Path(path)
                if path.path.segments.last().is_some_and(|last| last.ident == "PhantomData"));
            !is_phantom && !part.serde.is_converted && shape::mentions(ty.to_token_stream(), &parameter.ident)
        });
        if is_held {
            parameter.bounds.push(bound.clone());
        }
    }
    for parameter in generics.const_params_mut() {
        parameter.default = None;
    }
    generics
}
