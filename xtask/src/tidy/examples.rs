//! Rule `example`: what a handler names is shown in an example that compiles, in the documentation of its own file.

use std::collections::HashSet;

use syn::{Attribute, FnArg, Ident, ImplItem, Item, Meta, Signature, Type, Visibility};

use super::Finding;
use super::source::is_test;
use crate::Outcome;

/// The crates whose documentation handlers are written from.
const CRATES: [&str; 3] = ["sdk/src/", "sdk/sql/src/", "sdk/time/src/"];

/// What the macros expand to, and what they write of a type for the OpenAPI document: public, and hardly anybody's reading.
const FOR_MACROS: [&str; 13] = [
    "sdk/src/__private.rs",
    "sdk/src/component.rs",
    "sdk/src/early.rs",
    "sdk/src/handler.rs",
    "sdk/src/layers.rs",
    "sdk/src/log/field.rs",
    "sdk/src/openapi",
    "sdk/src/routing",
    "sdk/src/text.rs",
    "sdk/src/typed/converted.rs",
    "sdk/src/typed/formats/",
    "sdk/src/typed/rules.rs",
    "sdk/src/typed/schema.rs",
];

/// Where the pages are compiled: those on handlers, those on tests of components, and those on build scripts.
pub(super) const SDK: &str = "sdk/src/lib.rs";
pub(super) const TEST: &str = "mik-test/src/lib.rs";
pub(super) const BUILD: &str = "mik-build/src/lib.rs";

/// Checks one Rust file.
pub(super) fn check(file: &str, text: &str) -> Outcome<Vec<Finding>> {
    let is_documented = CRATES.iter().any(|folder| file.starts_with(folder)) && !is_test(file);
    if !is_documented
        || file.contains("/bindings/")
        || file.ends_with("tests.rs")
        || FOR_MACROS.iter().any(|path| file.starts_with(path))
    {
        return Ok(Vec::new());
    }
    let parsed = syn::parse_file(text).map_err(|error| format!("`{file}`: {error}"))?;
    let mut shown = Vec::new();
    collect(&parsed.items, &mut shown);
    let words = words_of_examples(text);
    shown.retain(|item| !item.by.iter().any(|word| words.contains(word.as_str())));
    let finding = |Shown { name, .. }| Finding {
        file: file.to_owned(),
        line: line_of(text, &name),
        rule: "example",
        cure: format!("show `{name}` in an example in the documentation of this file"),
    };
    Ok(shown.into_iter().map(finding).collect())
}

/// Checks a page: its examples compile as part of a crate's documentation (`sources` has those of the crates), or it has none in Rust.
pub(super) fn check_page(page: &str, text: &str, sources: &str) -> Option<Finding> {
    let line = text.lines().position(|line| line.trim_start().starts_with("```rust"))?;
    let included = format!("include_str!(\"../../{page}\")");
    (!sources.contains(&included)).then(|| Finding {
        file: page.to_owned(),
        line: line + 1,
        rule: "example",
        cure: format!("write `#[doc = {included}]` in `pages` of {SDK}, {TEST} or {BUILD}, so that it compiles"),
    })
}

/// Something public, and the words that show it: a type is shown by its name, a field, a variant or a method.
struct Shown {
    name: String,
    by: Vec<String>,
}

impl Shown {
    fn new<'i>(name: &'i Ident, parts: impl Iterator<Item = &'i Ident>) -> Self {
        Self { name: name.to_string(), by: parts.chain([name]).map(Ident::to_string).collect() }
    }
}

/// The public items that are more than a field, a variant, a constant or a getter.
fn collect(items: &[Item], shown: &mut Vec<Shown>) {
    for item in items {
        let (Some((name, attributes)), true) = (name_of(item), is_public(item)) else { continue };
        if is_hidden(attributes) {
            continue;
        }
        match item {
            Item::Mod(item) => collect(item.content.as_ref().map_or(&[], |(_, items)| items), shown),
            Item::Struct(item) => {
                let methods = methods(items, name).map(|signature| &signature.ident);
                shown
                    .push(Shown::new(name, item.fields.iter().filter_map(|field| field.ident.as_ref()).chain(methods)));
            }
            Item::Enum(item) => shown.push(Shown::new(name, item.variants.iter().map(|variant| &variant.ident))),
            _ => shown.push(Shown::new(name, [].into_iter())),
        }
        let setters = methods(items, name).filter(|signature| !is_getter(signature));
        shown.extend(setters.map(|signature| Shown::new(&signature.ident, [].into_iter())));
    }
}

fn name_of(item: &Item) -> Option<(&Ident, &[Attribute])> {
    Some(match item {
        Item::Fn(item) => (&item.sig.ident, &item.attrs),
        Item::Struct(item) => (&item.ident, &item.attrs),
        Item::Enum(item) => (&item.ident, &item.attrs),
        Item::Trait(item) => (&item.ident, &item.attrs),
        Item::Type(item) => (&item.ident, &item.attrs),
        Item::Mod(item) => (&item.ident, &item.attrs),
        Item::Macro(item) => (item.ident.as_ref()?, &item.attrs),
        _ => return None,
    })
}

fn is_public(item: &Item) -> bool {
    let visibility = match item {
        Item::Fn(item) => &item.vis,
        Item::Struct(item) => &item.vis,
        Item::Enum(item) => &item.vis,
        Item::Trait(item) => &item.vis,
        Item::Type(item) => &item.vis,
        Item::Mod(item) => &item.vis,
        Item::Macro(item) => return item.attrs.iter().any(|attribute| attribute.path().is_ident("macro_export")),
        _ => return false,
    };
    matches!(visibility, Visibility::Public(_))
}

/// The public methods of a type.
fn methods<'i>(items: &'i [Item], name: &Ident) -> impl Iterator<Item = &'i Signature> {
    let is_of = move |of: &Type| matches!(of, Type::Path(path) if path.path.segments.last().is_some_and(|it| it.ident == *name));
    let impls = items.iter().filter_map(move |item| match item {
        Item::Impl(item) if item.trait_.is_none() && is_of(&item.self_ty) => Some(&item.items),
        _ => None,
    });
    impls.flatten().filter_map(|item| match item {
        ImplItem::Fn(item) if matches!(item.vis, Visibility::Public(_)) && !is_hidden(&item.attrs) => Some(&item.sig),
        _ => None,
    })
}

/// What gives a part of a value, as its name says.
fn is_getter(signature: &Signature) -> bool {
    matches!(signature.inputs.first(), Some(FnArg::Receiver(_))) && signature.inputs.len() == 1
}

/// `#[doc(hidden)]` or `#[deprecated]`.
fn is_hidden(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) if list.path.is_ident("doc") => list.tokens.to_string() == "hidden",
        meta => meta.path().is_ident("deprecated"),
    })
}

/// Where an item is. Its span would know, if `proc-macro2` were compiled another time for that.
fn line_of(text: &str, name: &str) -> usize {
    let declares = |line: &str| {
        let line = line.trim_start();
        (line.starts_with("pub ") || line.starts_with("macro_rules!")) && words(line).any(|word| word == name)
    };
    text.lines().position(declares).map_or(1, |position| position + 1)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character: char| character != '_' && !character.is_alphanumeric())
}

/// Every word of every block of code in the documentation.
fn words_of_examples(text: &str) -> HashSet<&str> {
    let mut is_code = false;
    let mut found = HashSet::new();
    for line in text.lines().map(str::trim_start) {
        let Some(line) = line.strip_prefix("///").or_else(|| line.strip_prefix("//!")) else {
            is_code = false;
            continue;
        };
        match line.trim_start().strip_prefix("```") {
            // What is in another language shows nothing.
            Some(language) => is_code = !is_code && !["text", "console", "toml", "json"].contains(&language.trim()),
            None if is_code => found.extend(words(line)),
            None => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(text: &str) -> Vec<String> {
        check("sdk/src/a.rs", text)
            .unwrap()
            .into_iter()
            .map(|finding| format!("{}: {}", finding.line, finding.cure))
            .collect()
    }

    #[test]
    fn a_page_with_rust_is_compiled() {
        let page = "# A\n```rust\nfn a() {}\n```\n";
        assert_eq!(check_page("docs/a.md", page, "").unwrap().line, 2);
        assert_eq!(check_page("docs/a.md", page, "#[doc = include_str!(\"../../docs/a.md\")]"), None);
        assert_eq!(check_page("docs/a.md", "# A\n```rs\nlet router;\n```\n", ""), None);
    }

    #[test]
    fn what_is_public_is_shown() {
        assert_eq!(missing("pub fn a() {}").len(), 1);
        assert_eq!(missing("/// ```\n/// a();\n/// ```\npub fn a() {}"), [""; 0]);
        assert_eq!(missing("/// a();\npub fn a() {}").len(), 1);
        assert_eq!(missing("/// ```text\n/// a\n/// ```\npub fn a() {}").len(), 1);
        assert_eq!(
            missing("//! ```\n//! A::new(1).with(2).get();\n//! ```\npub struct A; impl A { pub fn new() {} }"),
            [""; 0]
        );
        assert_eq!(missing("/// ```\n/// A\n/// ```\npub struct A; impl A { pub fn a(&self) {} pub fn b(&self, c: u8) {} fn d() {} }").len(), 1);
        assert_eq!(missing("#[doc(hidden)] pub fn a() {} pub(crate) fn b() {} fn c() {}"), [""; 0]);
        assert_eq!(missing("#[macro_export]\nmacro_rules! a { () => {} }")[0][..2], *"2:");
    }
}
