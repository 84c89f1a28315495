//! What a type says of itself as constants: `SCHEMA`, `DEFINITION`, `Parts`.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::Type;

use super::shape::{Container, Fields, Part, Shape, Variant};

/// The schema of the whole type, as an expression of type `Schema`.
pub(super) fn of(container: &Container) -> TokenStream {
    let notes = notes(container.docs.as_deref(), None);
    if container.serde.is_converted {
        return schema(&quote!(__schema::Kind::Any), &notes);
    }
    let additional = !container.serde.deny_unknown_fields;
    match &container.shape {
        Shape::Struct(Fields::Newtype(part)) => {
            let part = schema_of(part);
            quote!(#part.with(__schema::Rules::NONE, #notes))
        }
        Shape::Struct(fields) => schema(&payload(fields, additional, container.serde.default, None), &notes),
        Shape::Enum(variants) => schema(&choice(container, variants), &notes),
    }
}

/// The types that the schema names, as a list: each once.
pub(super) fn parts(container: &Container) -> TokenStream {
    let mut types: Vec<&Type> = Vec::new();
    let mut names = Vec::new();
    if !container.serde.is_converted {
        for part in container.parts() {
            let name = part.ty.to_token_stream().to_string();
            if part.is_described() && !names.contains(&name) {
                names.push(name);
                types.push(&part.ty);
            }
        }
    }
    types.iter().rev().fold(quote!(()), |list, ty| quote!((#ty, #list)))
}

impl Part {
    /// Whether its type is asked what it is.
    pub(super) fn is_described(&self) -> bool {
        !self.serde.is_converted && !self.is_cycle
    }

    fn is_option(&self) -> bool {
        matches!(&self.ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Option"))
    }
}

fn schema(kind: &TokenStream, notes: &TokenStream) -> TokenStream {
    quote!(__schema::Schema { kind: #kind, rules: __schema::Rules::NONE, notes: #notes })
}

/// What the type of a field says.
fn type_of(part: &Part) -> TokenStream {
    let ty = &part.ty;
    if part.is_described() {
        quote!(<#ty as ::mik_sdk::typed::Type>::SCHEMA)
    } else if part.is_option() {
        quote!((&__schema::Schema::new(__schema::Kind::Nullable(&__schema::Schema::new(__schema::Kind::Any)))))
    } else {
        quote!((&__schema::Schema::new(__schema::Kind::Any)))
    }
}

/// What a field is where it has no name: what its type says, and what the field adds.
fn schema_of(part: &Part) -> TokenStream {
    let type_of = type_of(part);
    let rules = part.field.rules(&type_of);
    let notes = notes(part.docs.as_deref(), Some(part));
    quote!(#type_of.with(#rules, #notes))
}

/// What the fields of a struct or of a variant are, with a property before them that says which variant it is.
fn payload(fields: &Fields, additional: bool, has_default: bool, tag: Option<TokenStream>) -> TokenStream {
    match fields {
        Fields::Unit => match tag {
            Some(tag) => quote!(__schema::Kind::Object { properties: &[#tag], additional: #additional }),
            None => quote!(__schema::Kind::Null),
        },
        Fields::Newtype(part) => {
            let part = schema_of(part);
            match tag {
                Some(tag) => quote!(__schema::Kind::AllOf(&[
                    &__schema::Schema::new(__schema::Kind::Object { properties: &[#tag], additional: true }),
                    &#part,
                ])),
                None => quote!(#part.kind),
            }
        }
        Fields::Tuple(parts) => {
            let parts = parts.iter().map(schema_of);
            quote!(__schema::Kind::Tuple(&[#(&#parts),*]))
        }
        Fields::Named(parts) => {
            let (flattened, own): (Vec<_>, Vec<_>) = parts.iter().partition(|part| part.serde.flatten);
            let properties = tag.into_iter().chain(own.into_iter().map(|part| property(part, has_default)));
            let object = quote!(__schema::Kind::Object { properties: &[#(#properties),*], additional: #additional });
            if flattened.is_empty() {
                return object;
            }
            let flattened = flattened.into_iter().map(type_of);
            quote!(__schema::Kind::AllOf(&[&__schema::Schema::new(#object), #(#flattened.flattened()),*]))
        }
    }
}

fn property(part: &Part, has_default: bool) -> TokenStream {
    let name = &part.name;
    let type_of = type_of(part);
    let may_be_left_out = has_default
        || part.serde.default
        || part.serde.may_be_left_out
        || part.field.default.is_some()
        || (part.is_cycle && part.is_option());
    let required = if may_be_left_out {
        quote!(false)
    } else if part.is_described() {
        quote!(!#type_of.is_nullable())
    } else {
        quote!(true)
    };
    let rules = part.field.rules(&type_of);
    let notes = notes(part.docs.as_deref(), Some(part));
    quote!(__schema::Property { name: #name, schema: #type_of, required: #required, rules: #rules, notes: #notes })
}

/// One of the variants.
fn choice(container: &Container, variants: &[Variant]) -> TokenStream {
    let is_untagged = |variant: &Variant| container.serde.untagged || variant.serde.untagged;
    let is_external = container.serde.tag.is_none();
    let is_constant =
        |variant: &&Variant| is_external && !is_untagged(variant) && matches!(variant.fields, Fields::Unit);
    let constants: Vec<_> = variants.iter().filter(is_constant).map(|variant| &variant.name).collect();
    let constants = (!constants.is_empty()).then(|| quote!(__schema::Kind::Constants(&[#(#constants),*])));
    let others: Vec<_> = variants.iter().filter(|variant| !is_constant(variant)).collect();
    match (constants, others.as_slice()) {
        (Some(constants), []) => constants,
        (constants, others) => {
            let constants = constants.map(|constants| quote!(__schema::Schema::new(#constants)));
            let kinds = others.iter().map(|variant| {
                let kind = one(container, variant, is_untagged(variant));
                schema(&kind, &notes(variant.docs.as_deref(), None))
            });
            let kinds = constants.into_iter().chain(kinds);
            // What says nothing about which variant it is may be more than one of them.
            if others.iter().any(|variant| is_untagged(variant)) {
                quote!(__schema::Kind::AnyOf(&[#(&#kinds),*]))
            } else {
                quote!(__schema::Kind::OneOf(&[#(&#kinds),*]))
            }
        }
    }
}

/// One variant that carries something, or whose tag is a property.
fn one(container: &Container, variant: &Variant, is_untagged: bool) -> TokenStream {
    let additional = !container.serde.deny_unknown_fields;
    if variant.serde.is_converted {
        return quote!(__schema::Kind::Any);
    }
    if is_untagged {
        return payload(&variant.fields, additional, false, None);
    }
    let name = &variant.name;
    let whole = |name: &TokenStream, schema: TokenStream| quote!(__schema::Property { name: #name, schema: &#schema, required: true, rules: __schema::Rules::NONE, notes: __schema::Notes::NONE });
    let carried = || match &variant.fields {
        Fields::Newtype(part) => schema_of(part),
        fields => {
            let kind = payload(fields, additional, false, None);
            quote!(__schema::Schema::new(#kind))
        }
    };
    let tag =
        container.serde.tag.as_ref().map(|tag| {
            whole(&tag.to_token_stream(), quote!(__schema::Schema::new(__schema::Kind::Constants(&[#name]))))
        });
    match (tag, &container.serde.content) {
        (None, _) => {
            let property = whole(&name.to_token_stream(), carried());
            quote!(__schema::Kind::Object { properties: &[#property], additional: false })
        }
        (Some(tag), None) => payload(&variant.fields, additional, false, Some(tag)),
        (Some(tag), Some(_)) if matches!(variant.fields, Fields::Unit) => {
            quote!(__schema::Kind::Object { properties: &[#tag], additional: #additional })
        }
        (Some(tag), Some(content)) => {
            let property = whole(&content.to_token_stream(), carried());
            quote!(__schema::Kind::Object { properties: &[#tag, #property], additional: #additional })
        }
    }
}

/// What is said about a type, a variant or a field.
fn notes(docs: Option<&str>, part: Option<&Part>) -> TokenStream {
    let mut members = Vec::new();
    if let Some(docs) = docs {
        members.push(quote!(description: ::core::option::Option::Some(#docs)));
    }
    if let Some(part) = part {
        if let Some(default) = part.field.default_json() {
            members.push(quote!(default: ::core::option::Option::Some(#default)));
        }
        if part.field.deprecated {
            members.push(quote!(deprecated: true));
        }
        if !part.field.extensions.is_empty() {
            let pairs = part.field.extensions.iter().map(|(name, json)| quote!((#name, #json)));
            members.push(quote!(extensions: &[#(#pairs),*]));
        }
    }
    if members.is_empty() {
        return quote!(__schema::Notes::NONE);
    }
    quote!(__schema::Notes { #(#members,)* ..__schema::Notes::NONE })
}
