//! Numbers in attributes: limits, and how they are written.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::meta::ParseNestedMeta;
use syn::spanned::Spanned as _;
use syn::{Expr, ExprLit, ExprUnary, Lit, UnOp};

/// A number that is a literal, perhaps with a minus before it.
pub(super) struct Number {
    /// As JSON writes it.
    pub(super) text: String,
    pub(super) span: Span,
    value: Value,
}

#[derive(Clone, Copy)]
enum Value {
    Integer(i128),
    Float(f64),
}

impl Number {
    pub(super) fn parse(meta: &ParseNestedMeta<'_>) -> syn::Result<Self> {
        let value: Expr = meta.value()?.parse()?;
        match Self::of(&value) {
            Some(number) => Ok(number),
            None => Err(syn::Error::new_spanned(
                value,
                "a number was expected: the OpenAPI document says it, so it has to be a literal",
            )),
        }
    }

    pub(super) fn of(value: &Expr) -> Option<Self> {
        let (is_negative, literal) = match value {
            Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => (true, &**expr),
            value => (false, value),
        };
        let Expr::Lit(ExprLit { lit, .. }) = literal else {
            return None;
        };
        let sign = if is_negative { "-" } else { "" };
        let number = match lit {
            Lit::Int(literal) => Value::Integer(format!("{sign}{}", literal.base10_digits()).parse().ok()?),
            Lit::Float(literal) => Value::Float(format!("{sign}{}", literal.base10_digits()).parse().ok()?),
            _ => return None,
        };
        let text = match number {
            Value::Integer(number) => number.to_string(),
            Value::Float(number) => number.to_string(),
        };
        Some(Self { text, span: value.span(), value: number })
    }

    pub(super) fn is_less_than(&self, other: &Self) -> bool {
        match (self.value, other.value) {
            (Value::Integer(one), Value::Integer(other)) => one < other,
            (one, other) => one.as_float() < other.as_float(),
        }
    }

    /// The number as a size; a negative one is none, and the smallest there is stands for it.
    pub(super) fn count(&self) -> usize {
        match self.value {
            Value::Integer(number) => usize::try_from(number.max(0)).unwrap_or(usize::MAX),
            Value::Float(_) => 0,
        }
    }

    /// The widest type of its sort: what it is compared in.
    pub(super) fn wide_type(&self) -> TokenStream {
        match self.value {
            Value::Integer(_) => quote!(i128),
            Value::Float(_) => quote!(f64),
        }
    }

    pub(super) fn wide_literal(&self) -> TokenStream {
        match self.value {
            Value::Integer(number) => quote!(#number),
            Value::Float(number) => quote!(#number),
        }
    }
}

impl Value {
    fn as_float(self) -> f64 {
        match self {
            Self::Integer(number) => number as f64,
            Self::Float(number) => number,
        }
    }
}

/// How many: a whole number that is not negative.
pub(super) fn count(meta: &ParseNestedMeta<'_>) -> syn::Result<Number> {
    let number = Number::parse(meta)?;
    match number.value {
        Value::Integer(0..=0xffff_ffff) => Ok(number),
        _ => Err(syn::Error::new(number.span, "how many: a whole number was expected, from 0 to 4294967295")),
    }
}
