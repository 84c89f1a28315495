//! `sql_create!`, `sql_update!`, `sql_delete!`.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Ident, LitBool, Token, braced};

use crate::filter::Filter;
use crate::name::{self, Name};
use crate::options::{self, Head};
use crate::value::Value;

pub(crate) struct Create {
    head: Head,
    columns: Vec<(Name, Value)>,
    returning: Vec<Name>,
}

pub(crate) struct Update {
    head: Head,
    set: Vec<(Name, Value)>,
    rows: Rows,
}

pub(crate) struct Delete {
    head: Head,
    rows: Rows,
}

/// Which rows, and what is given back of them.
#[derive(Default)]
struct Rows {
    filter: Option<Filter>,
    is_all: bool,
    returning: Vec<Name>,
}

impl Parse for Create {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let (mut columns, mut returning) = (Vec::new(), Vec::new());
        let head = options::parse(input, |name, input| {
            if name == "returning" {
                returning = name::list(input)?;
            } else {
                columns.push((Name { text: name.unraw().to_string(), span: name.span() }, input.parse()?));
            }
            Ok(())
        })?;
        Ok(Self { head, columns, returning })
    }
}

impl Create {
    pub(crate) fn expand(&self) -> TokenStream {
        let root = &self.head.root;
        let builder = self.head.builder(&quote!(InsertBuilder));
        let names = self.columns.iter().map(|(name, _)| name);
        let values = self.columns.iter().map(|(_, value)| value.expand(root));
        let returning = returning(&self.returning);
        quote! {
            <(::std::string::String, ::std::vec::Vec<#root::Value>) as ::core::convert::From<#root::QueryResult>>::from(
                #builder.columns(&[#(#names),*]).values(::std::vec![#(#values),*])#returning.build(),
            )
        }
    }
}

impl Parse for Update {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut set: Option<Vec<(Name, Value)>> = None;
        let mut rows = Rows::default();
        let head = options::parse(input, |name, input| {
            if name == "set" {
                set = Some(sets(input)?);
                return Ok(());
            }
            rows.read(name, input, "option of `sql_update!`", &["set", "filter", "all_rows", "returning"])
        })?;
        rows.check(&head, "update")?;
        match set {
            Some(set) => Ok(Self { head, set, rows }),
            None => Err(syn::Error::new(head.table.span, "this update sets nothing: add `set: { name: … }`")),
        }
    }
}

fn sets(input: ParseStream<'_>) -> syn::Result<Vec<(Name, Value)>> {
    let content;
    let brace = braced!(content in input);
    let mut sets: Vec<(Name, Value)> = Vec::new();
    while !content.is_empty() {
        let name: Name = content.parse()?;
        if sets.iter().any(|(other, _)| other.text == name.text) {
            return Err(syn::Error::new(name.span, format!("`{}` is there twice", name.text)));
        }
        content.parse::<Token![:]>()?;
        sets.push((name, content.parse()?));
        if !content.is_empty() {
            content.parse::<Token![,]>()?;
        }
    }
    if sets.is_empty() { Err(syn::Error::new(brace.span.join(), "this update sets nothing")) } else { Ok(sets) }
}

impl Update {
    pub(crate) fn expand(&self) -> TokenStream {
        let root = &self.head.root;
        let builder = self.head.builder(&quote!(UpdateBuilder));
        let names = self.set.iter().map(|(name, _)| name);
        let values = self.set.iter().map(|(_, value)| value.expand(root));
        self.rows.expand(root, &quote!(#builder #(.set(#names, #values))*))
    }
}

impl Parse for Delete {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut rows = Rows::default();
        let known = ["filter", "all_rows", "returning"];
        let head = options::parse(input, |name, input| rows.read(name, input, "option of `sql_delete!`", &known))?;
        rows.check(&head, "delete")?;
        Ok(Self { head, rows })
    }
}

impl Delete {
    pub(crate) fn expand(&self) -> TokenStream {
        self.rows.expand(&self.head.root, &self.head.builder(&quote!(DeleteBuilder)))
    }
}

impl Rows {
    fn read(&mut self, name: &Ident, input: ParseStream<'_>, what: &str, known: &[&str]) -> syn::Result<()> {
        match name.to_string().as_str() {
            "filter" | "where" => self.filter = Some(input.parse()?),
            "all_rows" => {
                let literal: LitBool = input.parse()?;
                self.is_all = literal.value;
            }
            "returning" => self.returning = name::list(input)?,
            word => return Err(name::unknown(name.span(), what, word, known)),
        }
        Ok(())
    }

    fn check(&self, head: &Head, what: &str) -> syn::Result<()> {
        if self.filter.is_some() || self.is_all {
            return Ok(());
        }
        Err(syn::Error::new(
            head.table.span,
            format!(
                "this would {what} every row of `{}`: add `filter: {{ … }}`, or say `all_rows: true`",
                head.table.text
            ),
        ))
    }

    fn expand(&self, root: &TokenStream, builder: &TokenStream) -> TokenStream {
        let filter = self.filter.iter().map(|filter| filter.expand(root));
        let all_rows = self.is_all.then(|| quote!(.all_rows()));
        let returning = returning(&self.returning);
        let built = quote!(#builder #(.filter_expr(#filter))* #all_rows #returning.build());
        // A list of values that is not known here may be empty, and the filter none.
        let is_open = !self.is_all && self.filter.as_ref().is_some_and(Filter::has_open_list);
        let convert = Ident::new(if is_open { "fallible" } else { "infallible" }, Span::call_site());
        quote!(#root::__private::#convert(#built))
    }
}

fn returning(columns: &[Name]) -> Option<TokenStream> {
    (!columns.is_empty()).then(|| quote!(.returning(&[#(#columns),*])))
}
