//! A function's name as it is read, taken apart: its path without type arguments, and the trait that it is of.

use mik_optimize::crate_of;

/// A function's name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Name {
    /// The path, without type arguments; of a trait's function, its own name.
    pub(super) path: String,
    /// The type that a trait's function is of, without type arguments where that is a path.
    pub(super) self_type: String,
    /// The trait, where it is a trait's.
    pub(super) of_trait: Option<String>,
    /// As it was read.
    full: String,
}

impl Name {
    pub(super) fn read(full: &str) -> Self {
        let full = full.to_owned();
        let Some(inner) = full.strip_prefix('<').and_then(|rest| rest.get(..closing(rest)?)) else {
            return Self { path: without_arguments(&full), full, ..Self::default() };
        };
        let after = full.get(inner.len() + 2..).unwrap_or_default();
        match split_as(inner) {
            Some((self_type, of_trait)) => Self {
                path: without_arguments(after.trim_start_matches("::")),
                self_type: self_type.to_owned(),
                of_trait: Some(without_arguments(of_trait)),
                full,
            },
            None => Self { path: without_arguments(inner) + &without_arguments(after), full, ..Self::default() },
        }
    }

    /// The crate that it is written in.
    pub(super) fn crate_name(&self) -> &str {
        crate_of(&self.full)
    }

    /// Whether it is the language's own: core, alloc or std, or what the linker makes.
    pub(super) fn is_of_the_language(&self) -> bool {
        matches!(self.crate_name(), "core" | "alloc" | "std" | "hashbrown" | "compiler_builtins" | "[C and linker]")
    }

    /// For the eye: a function for its closures, and a trait's function by its type.
    pub(super) fn in_words(&self) -> String {
        let mut path = self.path.as_str();
        while let Some((function, closure)) = path.rsplit_once("::")
            && closure.starts_with('{')
        {
            path = function;
        }
        match &self.of_trait {
            Some(of_trait) => format!("<{} as {of_trait}>::{path}", self.self_type),
            None => path.to_owned(),
        }
    }
}

/// Where the bracket ends that is open before the text.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 1_usize;
    let mut previous = ' ';
    for (at, letter) in text.char_indices() {
        match letter {
            '<' => depth += 1,
            // An arrow of a function's type is no bracket.
            '>' if previous != '-' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
        previous = letter;
    }
    None
}

/// `Type as Trait` outside of brackets.
fn split_as(inner: &str) -> Option<(&str, &str)> {
    let mut depth = 0_usize;
    let mut previous = ' ';
    for (at, letter) in inner.char_indices() {
        match letter {
            '<' | '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            '>' if previous != '-' => depth = depth.saturating_sub(1),
            ' ' if depth == 0 && inner.get(at..).is_some_and(|rest| rest.starts_with(" as ")) => {
                return Some((inner.get(..at)?, inner.get(at + 4..)?));
            }
            _ => {}
        }
        previous = letter;
    }
    None
}

/// A path without type arguments: `std::env::var::<&str>` is `std::env::var`.
fn without_arguments(path: &str) -> String {
    let mut plain = String::with_capacity(path.len());
    let mut depth = 0_usize;
    let mut previous = ' ';
    for letter in path.chars() {
        match letter {
            '<' => depth += 1,
            '>' if previous != '-' => depth = depth.saturating_sub(1),
            _ if depth == 0 => plain.push(letter),
            _ => {}
        }
        previous = letter;
    }
    while plain.contains("::::") {
        plain = plain.replace("::::", "::");
    }
    plain.trim_end_matches(':').to_owned()
}

#[cfg(test)]
mod tests {
    use super::Name;

    #[test]
    fn names_are_taken_apart() {
        for (full, path, of_trait) in [
            ("std::env::var::<&str>", "std::env::var", None),
            ("<std::time::Instant>::now", "std::time::Instant::now", None),
            ("std::thread::local::LocalKey<T>::with", "std::thread::local::LocalKey::with", None),
            ("<T as shop::Of<u8>>::run", "run", Some("shop::Of")),
            ("shop::apply::<fn(u8) -> Vec<u8>>::{{closure}}", "shop::apply::{{closure}}", None),
            ("<", "", None),
            ("<a", "", None),
            ("", "", None),
        ] {
            let name = Name::read(full);
            assert_eq!((name.path.as_str(), name.of_trait.as_deref()), (path, of_trait), "{full}");
        }
        assert_eq!(Name::read("shop::price::{{closure}}::{{closure}}").in_words(), "shop::price");
        assert_eq!(
            Name::read("<shop::Price as core::fmt::Display>::fmt").in_words(),
            "<shop::Price as core::fmt::Display>::fmt"
        );
    }
}
