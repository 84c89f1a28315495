//! Groups of `routes! { … }`: what stands between its braces, and between those of `"/prefix" => { … }`.

use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Expr, ExprPath, Ident, LitStr, Token, braced, token};

use crate::route::{Route, parse_handler};

/// Routes and what they have in common. `routes!` itself is the outermost.
pub(crate) struct Group {
    /// What the patterns of its routes begin with; the outermost has none.
    pub(crate) prefix: Option<LitStr>,
    /// `before => function`
    pub(crate) before: Vec<ExprPath>,
    /// `after => function`
    pub(crate) after: Vec<ExprPath>,
    /// `cors => Cors::…`
    pub(crate) cors: Option<Expr>,
    /// `_ => function`
    pub(crate) fallback: Option<(Token![_], ExprPath)>,
    pub(crate) members: Vec<Member>,
}

/// What a group has in it, in the order in which it is written.
pub(crate) enum Member {
    Route(Route),
    Group(Group),
}

impl Parse for Group {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut group = Self {
            prefix: None,
            before: Vec::new(),
            after: Vec::new(),
            cors: None,
            fallback: None,
            members: Vec::new(),
        };
        while !input.is_empty() {
            let ends_with_brace = group.parse_member(input)?;
            if input.peek(Token![,]) {
                input.parse::<Token![,]>()?;
            } else if !input.is_empty() && !ends_with_brace {
                return Err(input.error("a comma is missing before this"));
            }
        }
        Ok(group)
    }
}

impl Group {
    /// Reads what stands up to the next comma, and says whether it may go without: a group may, as the arm of a `match`.
    fn parse_member(&mut self, input: ParseStream<'_>) -> syn::Result<bool> {
        if input.peek(Token![_]) {
            let underscore: Token![_] = input.parse()?;
            input.parse::<Token![=>]>()?;
            let handler = parse_handler(input)?;
            if self.fallback.replace((underscore, handler)).is_some() {
                return Err(syn::Error::new(underscore.span, "a group has one `_` at most"));
            }
            return Ok(false);
        }
        if input.peek(LitStr) {
            let group = Self::parse_nested(input)?;
            self.members.push(Member::Group(group));
            return Ok(true);
        }
        if input.peek(Ident) && input.peek2(Token![=>]) {
            self.parse_layer(input)?;
            return Ok(false);
        }
        if input.peek(Token![#]) && begins_group(input) {
            return Err(input.error("attributes belong to the routes of a group, one by one"));
        }
        self.members.push(Member::Route(input.parse()?));
        Ok(false)
    }

    fn parse_nested(input: ParseStream<'_>) -> syn::Result<Self> {
        let prefix: LitStr = input.parse()?;
        if !input.peek(Token![=>]) {
            return Err(no_method(&prefix));
        }
        input.parse::<Token![=>]>()?;
        if !input.peek(token::Brace) {
            return Err(no_method(&prefix));
        }
        let content;
        braced!(content in input);
        let group: Self = content.parse()?;
        Ok(Self { prefix: Some(prefix), ..group })
    }

    fn parse_layer(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        let name: Ident = input.parse()?;
        input.parse::<Token![=>]>()?;
        if !self.members.is_empty() || self.fallback.is_some() {
            let message = format!("`{name}` is for the whole group: write it before the routes");
            return Err(syn::Error::new(name.span(), message));
        }
        match name.to_string().as_str() {
            "before" => self.before.push(parse_handler(input)?),
            "after" => self.after.push(parse_handler(input)?),
            "cors" => {
                if self.cors.replace(input.parse()?).is_some() {
                    return Err(syn::Error::new(name.span(), "a group has one `cors` at most"));
                }
            }
            "fallback" => {
                return Err(syn::Error::new(name.span(), "what answers where no route does is written `_ => handler`"));
            }
            _ => {
                let message = format!(
                    "`{name}` is nothing that a group has: write `before => function`, `after => function` or `cors => Cors::…`"
                );
                return Err(syn::Error::new(name.span(), message));
            }
        }
        Ok(())
    }
}

fn no_method(pattern: &LitStr) -> syn::Error {
    let pattern_text = pattern.value();
    let message = format!(
        "a route begins with its method: write `GET {pattern_text:?} => handler`; a group is `{pattern_text:?} => {{ … }}`"
    );
    syn::Error::new(pattern.span(), message)
}

/// Whether a group follows the attributes here.
fn begins_group(input: ParseStream<'_>) -> bool {
    let fork = input.fork();
    fork.call(Attribute::parse_outer).is_ok() && fork.peek(LitStr)
}
