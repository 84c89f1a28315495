//! A type as its JSON has it: names as `serde` spells them, and what of it is skipped or stands for another type.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::ext::IdentExt as _;
use syn::{Attribute, Data, DeriveInput, Expr, ExprLit, Lit, Member, Meta, Type};

use super::case::Case;
use super::field::FieldAttributes;
use super::serde::SerdeAttributes;

/// The type that the derive stands on.
pub(super) struct Container {
    pub(super) ident: Ident,
    /// What the OpenAPI document calls it.
    pub(super) name: String,
    /// Whether it is another type for other parameters: then it has no name of its own.
    pub(super) is_generic: bool,
    pub(super) serde: SerdeAttributes,
    pub(super) docs: Option<String>,
    pub(super) shape: Shape,
}

pub(super) enum Shape {
    Struct(Fields),
    Enum(Vec<Variant>),
}

pub(super) struct Variant {
    pub(super) ident: Ident,
    pub(super) name: String,
    pub(super) serde: SerdeAttributes,
    pub(super) docs: Option<String>,
    pub(super) fields: Fields,
}

pub(super) enum Fields {
    Unit,
    Named(Vec<Part>),
    /// The one value it stands for.
    Newtype(Box<Part>),
    Tuple(Vec<Part>),
}

/// A field that is not skipped.
pub(super) struct Part {
    pub(super) member: Member,
    pub(super) name: String,
    pub(super) ty: Type,
    pub(super) field: FieldAttributes,
    pub(super) serde: SerdeAttributes,
    pub(super) docs: Option<String>,
    /// A generic type that holds itself: a schema without a name cannot be in itself, so nothing is said of it there.
    pub(super) is_cycle: bool,
}

impl Container {
    pub(super) fn new(input: &DeriveInput) -> syn::Result<Self> {
        if let Some(attribute) = input.attrs.iter().find(|attribute| attribute.path().is_ident("field")) {
            return Err(syn::Error::new_spanned(
                attribute,
                "`#[field(…)]` stands before a field or a variant; what holds for all of them is said by `#[serde(…)]`",
            ));
        }
        let serde = SerdeAttributes::parse(&input.attrs)?;
        let is_generic =
            input.generics.type_params().next().is_some() || input.generics.const_params().next().is_some();
        let context = Context { own: &input.ident, is_generic };
        let mut shape = match &input.data {
            Data::Struct(data) => Shape::Struct(context.fields(&data.fields, serde.rename_all, serde.transparent)?),
            Data::Enum(data) => {
                let mut variants = Vec::new();
                for variant in &data.variants {
                    let parsed = context.variant(variant, &serde)?;
                    if !parsed.serde.skip {
                        variants.push(parsed);
                    }
                }
                Shape::Enum(variants)
            }
            Data::Union(data) => return Err(syn::Error::new(data.union_token.span, "a union has no JSON")),
        };
        if serde.is_converted {
            shape.convert();
        }
        Ok(Self {
            name: serde.rename.clone().unwrap_or_else(|| input.ident.unraw().to_string()),
            ident: input.ident.clone(),
            is_generic,
            docs: documentation(&input.attrs),
            serde,
            shape,
        })
    }

    /// Every field of it, of every variant.
    pub(super) fn parts(&self) -> Vec<&Part> {
        match &self.shape {
            Shape::Struct(fields) => fields.parts().iter().collect(),
            Shape::Enum(variants) => variants.iter().flat_map(|variant| variant.fields.parts()).collect(),
        }
    }
}

impl Shape {
    /// The JSON is that of another type: of these fields, only their own rules are known.
    fn convert(&mut self) {
        match self {
            Self::Struct(fields) => fields.convert(),
            Self::Enum(variants) => variants.iter_mut().for_each(|variant| variant.fields.convert()),
        }
    }
}

impl Fields {
    fn convert(&mut self) {
        match self {
            Self::Unit => {}
            Self::Named(parts) | Self::Tuple(parts) => parts.iter_mut().for_each(|part| part.serde.is_converted = true),
            Self::Newtype(part) => part.serde.is_converted = true,
        }
    }

    pub(super) fn parts(&self) -> &[Part] {
        match self {
            Self::Unit => &[],
            Self::Named(parts) | Self::Tuple(parts) => parts,
            Self::Newtype(part) => std::slice::from_ref(part),
        }
    }
}

struct Context<'i> {
    own: &'i Ident,
    is_generic: bool,
}

impl Context<'_> {
    fn variant(&self, variant: &syn::Variant, container: &SerdeAttributes) -> syn::Result<Variant> {
        let serde = SerdeAttributes::parse(&variant.attrs)?;
        let field = FieldAttributes::parse(&variant.attrs)?;
        field.of_a_variant()?;
        let spelled = variant.ident.unraw().to_string();
        let name = match (field.rename, &serde.rename, container.rename_all) {
            (Some(name), _, _) => name.value(),
            (None, Some(name), _) => name.clone(),
            (None, None, Some(case)) => case.variant(&spelled),
            (None, None, None) => spelled,
        };
        let case = serde.rename_all.or(container.rename_all_fields);
        let mut fields = self.fields(&variant.fields, case, false)?;
        if serde.is_converted {
            fields.convert();
        }
        let docs = field.docs.map(|docs| docs.value()).or_else(|| documentation(&variant.attrs));
        Ok(Variant { ident: variant.ident.clone(), name, serde, docs, fields })
    }

    fn fields(&self, fields: &syn::Fields, case: Option<Case>, is_transparent: bool) -> syn::Result<Fields> {
        let mut parts = Vec::new();
        for (member, field) in fields.members().zip(fields) {
            let part = self.part(member, field, case)?;
            if !part.serde.skip {
                parts.push(part);
            }
        }
        let is_newtype = is_transparent || (fields.len() == 1 && matches!(fields, syn::Fields::Unnamed(_)));
        Ok(match fields {
            syn::Fields::Unit => Fields::Unit,
            _ if is_newtype && parts.len() == 1 => {
                parts.pop().map_or(Fields::Unit, |part| Fields::Newtype(Box::new(part)))
            }
            syn::Fields::Named(_) => Fields::Named(parts),
            syn::Fields::Unnamed(_) => Fields::Tuple(parts),
        })
    }

    fn part(&self, member: Member, field: &syn::Field, case: Option<Case>) -> syn::Result<Part> {
        let attributes = FieldAttributes::parse(&field.attrs)?;
        let serde = SerdeAttributes::parse(&field.attrs)?;
        let spelled = match &member {
            Member::Named(ident) => ident.unraw().to_string(),
            Member::Unnamed(index) => index.index.to_string(),
        };
        let name = match (&attributes.rename, &serde.rename, case) {
            (Some(name), _, _) => name.value(),
            (None, Some(name), _) => name.clone(),
            (None, None, Some(case)) => case.field(&spelled),
            (None, None, None) => spelled,
        };
        let is_cycle = self.is_generic
            && (mentions(field.ty.to_token_stream(), self.own)
                || mentions(field.ty.to_token_stream(), &Ident::new("Self", self.own.span())));
        if serde.skip {
            attributes.of_a_skipped_field()?;
        }
        let docs = attributes.docs.as_ref().map(syn::LitStr::value).or_else(|| documentation(&field.attrs));
        Ok(Part { member, name, ty: field.ty.clone(), field: attributes, serde, docs, is_cycle })
    }
}

/// Whether a type names something.
pub(super) fn mentions(tokens: TokenStream, name: &Ident) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == *name,
        TokenTree::Group(group) => mentions(group.stream(), name),
        _ => false,
    })
}

/// Doc comments, as one text.
fn documentation(attributes: &[Attribute]) -> Option<String> {
    let mut lines = Vec::new();
    for attribute in attributes {
        if let Meta::NameValue(pair) = &attribute.meta
            && pair.path.is_ident("doc")
            && let Expr::Lit(ExprLit { lit: Lit::Str(line), .. }) = &pair.value
        {
            let line = line.value();
            lines.push(line.strip_prefix(' ').unwrap_or(&line).trim_end().to_owned());
        }
    }
    let text = lines.join("\n").trim().to_owned();
    (!text.is_empty()).then_some(text)
}
