//! Values: literals, `null`, lists, `int(…)` and its kind, and any expression that is a value.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned as _;
use syn::{Expr, Ident, Lit, UnOp, bracketed, parenthesized, token};

pub(crate) enum Value {
    Null,
    List(Vec<Value>, proc_macro2::Span),
    /// `int(…)`, `float(…)`, `str(…)`, `bool(…)`: as what the expression is bound.
    Hint(&'static str, Expr),
    Literal(&'static str, Expr),
    Expr(Expr),
}

const HINTS: [&str; 4] = ["int", "float", "str", "bool"];

impl Parse for Value {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(token::Bracket) {
            let content;
            let bracket = bracketed!(content in input);
            return Ok(Self::List(crate::name::all(&content)?, bracket.span.join()));
        }
        if input.peek(Ident) {
            let fork = input.fork();
            let word: Ident = fork.parse()?;
            if word == "null" && !fork.peek(token::Paren) {
                input.parse::<Ident>()?;
                return Ok(Self::Null);
            }
            if let Some(hint) = HINTS.iter().find(|hint| word == **hint)
                && fork.peek(token::Paren)
            {
                input.parse::<Ident>()?;
                let content;
                parenthesized!(content in input);
                return Ok(Self::Hint(hint, content.parse()?));
            }
        }
        if input.is_empty() {
            return Err(input.error("a value is missing here: a literal, `null`, a list, `int(…)`, or an expression"));
        }
        let expression: Expr = input.parse()?;
        Ok(match literal(&expression) {
            Some(kind) => Self::Literal(kind, expression),
            None => Self::Expr(expression),
        })
    }
}

/// As what a literal is bound, whatever type it would have by itself.
pub(crate) fn literal(expression: &Expr) -> Option<&'static str> {
    match expression {
        Expr::Lit(literal) => match literal.lit {
            Lit::Int(_) => Some("int"),
            Lit::Float(_) => Some("float"),
            Lit::Str(_) => Some("str"),
            Lit::Bool(_) => Some("bool"),
            _ => None,
        },
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => {
            literal(&unary.expr).filter(|kind| matches!(*kind, "int" | "float"))
        }
        _ => None,
    }
}

impl Value {
    pub(crate) fn expand(&self, root: &TokenStream) -> TokenStream {
        match self {
            Self::Null => quote!(#root::Value::Null),
            Self::List(items, _) => {
                let items = items.iter().map(|item| item.expand(root));
                quote!(#root::Value::Array(::std::vec![#(#items),*]))
            }
            Self::Literal("int", expression) => quote_spanned!(expression.span()=> #root::Value::Int(#expression)),
            Self::Literal("float", expression) => quote_spanned!(expression.span()=> #root::Value::Float(#expression)),
            Self::Hint("int", expression) => quote_spanned!(expression.span()=> #root::__private::int(#expression)),
            Self::Hint("float", expression) => quote_spanned!(expression.span()=> #root::__private::float(#expression)),
            Self::Hint("bool", expression) | Self::Literal("bool", expression) => {
                quote_spanned!(expression.span()=> #root::Value::Bool(#expression))
            }
            Self::Hint(_, expression) | Self::Literal(_, expression) => {
                quote_spanned!(expression.span()=> #root::__private::text(&#expression))
            }
            // Borrowed: the handler may need it again.
            Self::Expr(expression) => quote_spanned!(expression.span()=> #root::__private::value(&#expression)),
        }
    }
}
