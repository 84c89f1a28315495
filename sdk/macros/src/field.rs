//! `#[field(…)]`: what a field says about itself.

use proc_macro2::Span;
use syn::meta::ParseNestedMeta;
use syn::{Attribute, Expr, LitStr, Token};

/// What the attributes of one field say.
#[derive(Default)]
pub(crate) struct FieldAttributes {
    pub(crate) rename: Option<LitStr>,
    pub(crate) default: Option<DefaultValue>,
}

/// Where the value of a field that is left out comes from.
pub(crate) enum DefaultValue {
    /// `default`: from its type.
    OfType,
    /// `default = 1`
    Value(Expr),
}

/// A check that is written down and not run is worse than none: these are refused until they run.
const CHECKS: [&str; 8] = ["min", "max", "format", "pattern", "length", "min_items", "max_items", "unique"];

impl FieldAttributes {
    pub(crate) fn parse(attributes: &[Attribute]) -> syn::Result<Self> {
        let mut parsed = Self::default();
        for attribute in attributes {
            if attribute.path().is_ident("field") {
                attribute.parse_nested_meta(|meta| parsed.key(&meta))?;
            }
        }
        Ok(parsed)
    }

    fn key(&mut self, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
        let key = match meta.path.get_ident() {
            Some(ident) => ident.to_string(),
            None => return Err(meta.error("a name was expected")),
        };
        match key.as_str() {
            "rename" => self.rename = Some(meta.value()?.parse()?),
            "default" if meta.input.peek(Token![=]) => {
                self.default = Some(DefaultValue::Value(meta.value()?.parse()?));
            }
            "default" => self.default = Some(DefaultValue::OfType),
            "docs" => {
                let _: LitStr = meta.value()?.parse()?;
            }
            "deprecated" => {
                if meta.input.peek(Token![=]) {
                    let _: syn::LitBool = meta.value()?.parse()?;
                }
            }
            _ if key.starts_with("x_") => {
                let _: Expr = meta.value()?.parse()?;
            }
            _ if CHECKS.contains(&key.as_str()) => {
                return Err(meta.error(format!(
                    "`{key}` is not checked by this version of mik-sdk: check it in the handler, and take the attribute away"
                )));
            }
            _ => {
                return Err(meta.error(format!(
                    "a field does not know `{key}`: it takes `rename`, `default`, `docs`, `deprecated` and `x_…`"
                )));
            }
        }
        Ok(())
    }
}

/// A string literal at a span.
pub(crate) fn literal(text: &str, span: Span) -> LitStr {
    LitStr::new(text, span)
}
