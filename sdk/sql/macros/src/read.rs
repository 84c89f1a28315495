//! `sql_read!`.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned as _;
use syn::{Expr, Ident, Member, Token, UnOp, bracketed, token};

use crate::compute::{Aggregates, Computed};
use crate::filter::{Filter, Operator};
use crate::name::{self, Name};
use crate::options::{self, Head};

const OPTIONS: [&str; 19] = [
    "select",
    "distinct",
    "compute",
    "aggregate",
    "filter",
    "merge",
    "allow",
    "deny_ops",
    "max_depth",
    "group_by",
    "having",
    "order",
    "allow_sort",
    "page",
    "limit",
    "offset",
    "after",
    "before",
    "cursor_key",
];

pub(crate) struct Read {
    head: Head,
    parts: Parts,
    order: Order,
}

#[derive(Default)]
struct Parts {
    select: Vec<Name>,
    distinct: Option<Expr>,
    compute: Option<Computed>,
    aggregate: Option<Aggregates>,
    filter: Option<Filter>,
    merge: Option<(Span, Expr)>,
    allow: Option<Allow>,
    deny_ops: Vec<Operator>,
    max_depth: Option<Expr>,
    group_by: Vec<Name>,
    having: Option<Filter>,
    order: Option<Written>,
    allow_sort: Option<Vec<Name>>,
    page: Option<(Span, Expr)>,
    limit: Option<Expr>,
    offset: Option<(Span, Expr)>,
    after: Option<(Span, Expr)>,
    before: Option<(Span, Expr)>,
    cursor_key: Option<(Span, Expr)>,
}

/// What clients may filter by: a list here, or an `Allow` from elsewhere.
enum Allow {
    Here(Vec<Field>),
    Elsewhere(Expr),
}

/// `age`, `age: int`, `age: int[$gte, $lte]`.
struct Field {
    name: Name,
    kind: &'static str,
    operators: Vec<Operator>,
}

/// The order as it is written: whether `name` is a column or a variable, `allow_sort` tells.
enum Written {
    List(Vec<Sort>),
    Expr(Expr),
}

enum Order {
    Columns(Vec<Sort>),
    Client(Expr, Vec<Name>),
}

struct Sort {
    column: Name,
    is_descending: bool,
}

const TYPES: [&str; 8] = ["bool", "int", "float", "text", "str", "uuid", "timestamp", "any"];

impl Parse for Field {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name: Name = input.parse()?;
        let mut field = Self { name, kind: "any", operators: Vec::new() };
        if input.peek(Token![:]) {
            input.parse::<Token![:]>()?;
            let kind: Ident = input.parse()?;
            field.kind = match TYPES.iter().find(|name| kind == **name) {
                Some(&"str") => "text",
                Some(name) => name,
                None => return Err(name::unknown(kind.span(), "type", &kind.to_string(), &TYPES)),
            };
            if input.peek(token::Bracket) {
                field.operators = name::list(input)?;
            }
        }
        Ok(field)
    }
}

impl Parse for Sort {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let is_descending = input.parse::<Option<Token![-]>>()?.is_some();
        Ok(Self { column: input.parse()?, is_descending })
    }
}

impl Parse for Read {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut parts = Parts::default();
        let head = options::parse(input, |name, input| parts.read(name, input))?;
        let order = parts.check()?;
        Ok(Self { head, parts, order })
    }
}

impl Parts {
    fn read(&mut self, name: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
        let expression = || Ok::<_, syn::Error>((name.span(), input.parse::<Expr>()?));
        match name.to_string().as_str() {
            "select" => self.select = name::list(input)?,
            "distinct" => self.distinct = Some(input.parse()?),
            "compute" => self.compute = Some(input.parse()?),
            "aggregate" | "agg" => self.aggregate = Some(input.parse()?),
            "filter" | "where" => self.filter = Some(input.parse()?),
            "merge" => self.merge = Some(expression()?),
            "allow" if input.peek(token::Bracket) => self.allow = Some(Allow::Here(name::list(input)?)),
            "allow" => self.allow = Some(Allow::Elsewhere(input.parse()?)),
            "deny_ops" | "denyOps" => self.deny_ops = name::list(input)?,
            "max_depth" | "maxDepth" => self.max_depth = Some(input.parse()?),
            "group_by" | "groupBy" => self.group_by = name::list(input)?,
            "having" => self.having = Some(input.parse()?),
            "order" if input.peek(token::Bracket) => {
                let content;
                bracketed!(content in input);
                self.order = Some(Written::List(name::all(&content)?));
            }
            "order" => self.order = Some(Written::Expr(input.parse()?)),
            "allow_sort" | "allowSort" => self.allow_sort = Some(name::list(input)?),
            "page" => self.page = Some(expression()?),
            "limit" => self.limit = Some(input.parse()?),
            "offset" => self.offset = Some(expression()?),
            "after" => self.after = Some(expression()?),
            "before" => self.before = Some(expression()?),
            "cursor_key" => self.cursor_key = Some(expression()?),
            word => return Err(name::unknown(name.span(), "option of `sql_read!`", word, &OPTIONS)),
        }
        Ok(())
    }

    /// What one option needs of another.
    fn check(&mut self) -> syn::Result<Order> {
        let error = |span, message: &str| Err(syn::Error::new(span, message));
        if let (Some((span, _)), None) = (&self.merge, &self.allow) {
            return error(*span, "what clients ask for is checked first: add `allow: [name, age: int]`");
        }
        if let (Some((span, _)), None) = (self.after.as_ref().or(self.before.as_ref()), &self.cursor_key) {
            return error(*span, "a cursor from a client is checked first: add `cursor_key: &key`, a `CursorKey`");
        }
        if let (Some((span, _)), None) = (&self.cursor_key, &self.limit) {
            return error(*span, "pages need a `limit`");
        }
        if let (Some((span, _)), None) = (&self.page, &self.limit) {
            return error(*span, "pages need a `limit`");
        }
        if let (Some(_), Some((span, _))) = (self.page.as_ref().or(self.cursor_key.as_ref()), &self.offset) {
            return error(*span, "a page says by itself where it begins");
        }
        if let (Some(_), Some((span, _))) = (&self.cursor_key, &self.page) {
            return error(*span, "pages are counted, or follow a cursor: not both");
        }
        match (self.order.take(), self.allow_sort.take()) {
            (None, None) => Ok(Order::Columns(Vec::new())),
            (Some(Written::List(sorts)), None) => Ok(Order::Columns(sorts)),
            (Some(Written::Expr(expression)), Some(allowed)) => Ok(Order::Client(expression, allowed)),
            (Some(Written::Expr(expression)), None) => Ok(Order::Columns(vec![column(&expression)?])),
            (Some(Written::List(_)) | None, Some(_)) => {
                error(Span::call_site(), "`allow_sort` is for an order that a client asks for: write `order: sort`")
            }
        }
    }
}

/// `name`, `-name`, `users.name`: a column, as an expression of Rust would look like it.
fn column(expression: &Expr) -> syn::Result<Sort> {
    if let Expr::Unary(unary) = expression
        && matches!(unary.op, UnOp::Neg(_))
    {
        return Ok(Sort { is_descending: true, ..column(&unary.expr)? });
    }
    match path(expression) {
        Some(text) => Ok(Sort { column: Name { text, span: expression.span() }, is_descending: false }),
        None => Err(syn::Error::new_spanned(
            expression,
            "an order that is known only when the program runs is checked first: add `allow_sort: [name, created_at]`",
        )),
    }
}

fn path(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Path(path) => path.path.get_ident().map(|ident| syn::ext::IdentExt::unraw(ident).to_string()),
        Expr::Field(field) => match &field.member {
            Member::Named(member) => Some(format!("{}.{member}", path(&field.base)?)),
            Member::Unnamed(_) => None,
        },
        _ => None,
    }
}

impl Read {
    pub(crate) fn expand(&self) -> TokenStream {
        let (root, parts) = (&self.head.root, &self.parts);
        let mut builder = self.head.builder(&quote!(QueryBuilder));
        if !parts.select.is_empty() {
            let fields = &parts.select;
            builder.extend(quote!(.fields(&[#(#fields),*])));
        }
        for (alias, expression) in parts.compute.iter().flat_map(|computed| &computed.0) {
            let expression = expression.expand(root);
            builder.extend(quote!(.expr(#alias, #expression)));
        }
        builder.extend(parts.aggregate.as_ref().map(|aggregates| aggregates.expand(root)));
        if let Some(filter) = &parts.filter {
            let filter = filter.expand(root);
            builder.extend(quote!(.filter_expr(#filter)));
        }
        if !parts.group_by.is_empty() {
            let fields = &parts.group_by;
            builder.extend(quote!(.group_by(&[#(#fields),*])));
        }
        if let Some(having) = &parts.having {
            let having = having.expand(root);
            builder.extend(quote!(.having(#having)));
        }
        if let Some(distinct) = &parts.distinct {
            builder = quote!(#root::__private::distinct(#builder, #distinct));
        }
        builder.extend(self.paging());
        let mut is_fallible = false;
        if let Some((_, wish)) = &parts.merge {
            let allow = self.allow();
            builder.extend(quote_spanned!(wish.span()=> .merge(&#allow, &#wish)?));
            is_fallible = true;
        }
        match &self.order {
            Order::Columns(sorts) => {
                for Sort { column, is_descending } in sorts {
                    let dir = if *is_descending { quote!(Desc) } else { quote!(Asc) };
                    builder.extend(quote!(.sort(#column, #root::SortDir::#dir)));
                }
            }
            Order::Client(sort, allowed) => {
                let sort = quote_spanned!(sort.span()=> ::core::convert::AsRef::<str>::as_ref(&#sort));
                builder.extend(quote!(.sorts(&#root::SortField::parse_sort_string(#sort, &[#(#allowed),*])?)));
                is_fallible = true;
            }
        }
        if let Some((_, key)) = &parts.cursor_key {
            let cursor = |expression: &Option<(Span, Expr)>| match expression {
                Some((_, expression)) => {
                    quote_spanned!(expression.span()=> #root::__private::Cursor::cursor(&#expression))
                }
                None => quote!(::core::option::Option::None),
            };
            let (after, before, limit) = (cursor(&parts.after), cursor(&parts.before), &parts.limit);
            return quote! {
                (|| -> ::core::result::Result<#root::Pages, #root::Error> {
                    #builder.pages(
                        #key,
                        #root::PageRequest { after: #after, before: #before, limit: #root::__private::count(#limit) },
                    )
                })()
            };
        }
        let tuple = quote!((::std::string::String, ::std::vec::Vec<#root::Value>));
        if is_fallible {
            quote! {
                (|| -> ::core::result::Result<#tuple, #root::Error> {
                    ::core::result::Result::Ok(::core::convert::Into::into(#builder.build()))
                })()
            }
        } else {
            quote!(<#tuple as ::core::convert::From<#root::QueryResult>>::from(#builder.build()))
        }
    }

    fn paging(&self) -> TokenStream {
        let (root, parts) = (&self.head.root, &self.parts);
        let count = |expression: &Expr| quote_spanned!(expression.span()=> #root::__private::count(#expression));
        let limit = parts.limit.as_ref().map(count);
        match (&parts.page, &parts.offset, limit) {
            _ if parts.cursor_key.is_some() => TokenStream::new(),
            (Some((_, page)), _, Some(limit)) => {
                let page = count(page);
                quote!(.page(#page, #limit))
            }
            (_, Some((_, offset)), limit) => {
                let (offset, limit) = (count(offset), limit.into_iter());
                quote!(#(.limit(#limit))*.offset(::core::convert::Into::into(#offset)))
            }
            (_, None, Some(limit)) => quote!(.limit(#limit)),
            (_, None, None) => TokenStream::new(),
        }
    }

    fn allow(&self) -> TokenStream {
        let (root, parts) = (&self.head.root, &self.parts);
        let mut allow = match &parts.allow {
            Some(Allow::Elsewhere(expression)) => quote!(::core::clone::Clone::clone(&*#expression)),
            Some(Allow::Here(fields)) => {
                let fields = fields.iter().map(|Field { name, kind, operators }| {
                    let kind = Ident::new(kind, Span::call_site());
                    let operators = operators.iter().map(|operator| operator.expand(root));
                    let operators: Vec<TokenStream> = operators.collect();
                    let operators = (!operators.is_empty()).then(|| quote!(.operators(&[#(#operators),*])));
                    quote!(.field(#root::Field::#kind(#name)#operators))
                });
                quote!(#root::Allow::new()#(#fields)*)
            }
            None => quote!(#root::Allow::new()),
        };
        if !parts.deny_ops.is_empty() {
            let operators = parts.deny_ops.iter().map(|operator| operator.expand(root));
            allow.extend(quote!(.deny_operators(&[#(#operators),*])));
        }
        if let Some(depth) = &parts.max_depth {
            allow.extend(quote!(.max_depth(#root::__private::count(#depth) as usize)));
        }
        allow
    }
}
