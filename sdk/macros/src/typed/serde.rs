//! `#[serde(…)]`: what of it changes names and shape. Whether it is right is for `serde` to say, on the twin.

use syn::meta::ParseNestedMeta;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{Attribute, LitStr, Token, WherePredicate, parenthesized, token};

use super::case::Case;

/// What the attributes of a type, a variant or a field say.
#[derive(Default)]
pub(super) struct SerdeAttributes {
    pub(super) rename: Option<String>,
    pub(super) rename_all: Option<Case>,
    pub(super) rename_all_fields: Option<Case>,
    pub(super) deny_unknown_fields: bool,
    pub(super) default: bool,
    pub(super) tag: Option<String>,
    pub(super) content: Option<String>,
    pub(super) untagged: bool,
    pub(super) transparent: bool,
    pub(super) flatten: bool,
    pub(super) borrow: bool,
    /// It is neither read nor written.
    pub(super) skip: bool,
    /// It may be left out, of what is read or of what is written.
    pub(super) may_be_left_out: bool,
    /// Its JSON is that of another type, which cannot be seen from here: `with`, `from`, `into` and their kin.
    pub(super) is_converted: bool,
    /// Bounds that stand for those of the derive.
    pub(super) bound: Option<Vec<WherePredicate>>,
}

impl SerdeAttributes {
    pub(super) fn parse(attributes: &[Attribute]) -> syn::Result<Self> {
        let mut parsed = Self::default();
        for attribute in attributes {
            if attribute.path().is_ident("serde") {
                attribute.parse_nested_meta(|meta| parsed.key(&meta))?;
            }
        }
        Ok(parsed)
    }

    fn key(&mut self, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
        let key = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
        let value = Value::parse(meta.input)?;
        let text = value.text.as_ref();
        match key.as_str() {
            "rename" => self.rename = text.map(LitStr::value),
            "rename_all" => self.rename_all = text.and_then(Case::parse),
            "rename_all_fields" => self.rename_all_fields = text.and_then(Case::parse),
            "deny_unknown_fields" => self.deny_unknown_fields = true,
            "default" => self.default = true,
            "tag" => self.tag = text.map(LitStr::value),
            "content" => self.content = text.map(LitStr::value),
            "untagged" => self.untagged = true,
            "transparent" => self.transparent = true,
            "flatten" => self.flatten = true,
            "borrow" => self.borrow = true,
            "skip" => self.skip = true,
            "skip_serializing" | "skip_deserializing" | "skip_serializing_if" => {
                self.skip |= self.may_be_left_out && key != "skip_serializing_if";
                self.may_be_left_out = true;
            }
            "with" | "serialize_with" | "deserialize_with" | "getter" | "from" | "try_from" | "into" | "other" => {
                self.is_converted = true;
            }
            "bound" => {
                if let Some(text) = text {
                    let parser = Punctuated::<WherePredicate, Token![,]>::parse_terminated;
                    self.bound = Some(text.parse_with(parser)?.into_iter().collect());
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// What follows a key.
struct Value {
    /// The text; of `(serialize = "…", deserialize = "…")`, what is read.
    text: Option<LitStr>,
}

impl Value {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut text = None;
        if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            if input.peek(LitStr) {
                text = Some(input.parse()?);
            } else {
                input.parse::<syn::Expr>()?;
            }
        } else if input.peek(token::Paren) {
            let content;
            parenthesized!(content in input);
            for pair in Punctuated::<syn::MetaNameValue, Token![,]>::parse_terminated(&content)? {
                if let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(value), .. }) = pair.value
                    && (text.is_none() || pair.path.is_ident("deserialize"))
                {
                    text = Some(value);
                }
            }
        }
        Ok(Self { text })
    }
}
