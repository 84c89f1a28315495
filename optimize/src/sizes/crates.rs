//! From the name of a function to the crate that it is written in.

/// What has a name that is no path of Rust's: C, and what the linker makes.
const FOREIGN: &str = "[C and linker]";

/// What stands between an export of the component and the handler.
const EXPORTS: &str = "[exports]";

/// Where the types of the language itself have their methods, as far as a name tells.
const LANGUAGE: &str = "core";

/// The crate that a function is written in: that of its path, or of the type that it is a method of.
///
/// ```
/// use mik_optimize::crate_of;
///
/// assert_eq!(crate_of("serde_json::de::from_str"), "serde_json");
/// assert_eq!(crate_of("<hello::Numbers as serde::Serialize>::serialize"), "hello");
/// assert_eq!(crate_of("<&mut dyn core::fmt::Write as core::fmt::Write>::write_str"), "core");
/// assert_eq!(crate_of("<str>::parse::<usize>"), "core");
/// assert_eq!(crate_of("memcpy"), "[C and linker]");
/// ```
pub fn crate_of(name: &str) -> &str {
    let mut rest = name;
    loop {
        rest = rest.trim_start_matches(['<', '&', '*', '(', '[', ' ']);
        if let Some(after) = ["mut ", "const ", "dyn ", "impl "].iter().find_map(|word| rest.strip_prefix(word)) {
            rest = after;
            continue;
        }
        let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(rest.len());
        let (first, after) = rest.split_at(end);
        if first == "__rustc" {
            // What the compiler makes for every program: the allocator's and the panic's symbols.
            return "std";
        }
        if after.starts_with("::") {
            return first;
        }
        // A type parameter or a type of the language itself, such as `<u8 as core::fmt::Display>`: the trait says it.
        match after.split_once(" as ") {
            Some((_, of)) => rest = of,
            // A method of a type that no crate has made, such as `<str>::parse`.
            None if name.starts_with('<') && after.contains(">::") => return LANGUAGE,
            // `package:name/interface@version#function`, as the linker knows what a component exports.
            None if name.contains('/') && name.contains('#') => return EXPORTS,
            None => return FOREIGN,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::crate_of;

    #[test]
    fn a_function_belongs_to_its_path_or_to_the_type_that_it_is_a_method_of() {
        for (name, expected) in [
            ("hello::handle", "hello"),
            ("alloc::vec::Vec<T,A>::push", "alloc"),
            ("<alloc::vec::Vec<u8> as core::io::Write>::write", "alloc"),
            ("<T as hello::Trait>::run", "hello"),
            ("<u8 as core::fmt::Display>::fmt", "core"),
            ("<[u8] as hello::Trait>::run", "hello"),
            ("core::ptr::drop_in_place<hello::Thing>", "core"),
            ("__rustc[1234]::__rust_alloc", "std"),
            ("__rustc::__rust_alloc", "std"),
            ("", "[C and linker]"),
            ("<", "[C and linker]"),
            ("a as a", "[C and linker]"),
            ("mik:core/handler@0.1.0#handle", "[exports]"),
            ("cabi_post_mik:core/handler@0.1.0#handle", "[exports]"),
            ("<hello::handle::ROUTES::{closure#1} as core::ops::function::FnOnce<(u8,)>>::call_once", "hello"),
            ("<[u8]>::to_ascii_lowercase", "core"),
            ("<str>::parse::<usize>", "core"),
        ] {
            assert_eq!(crate_of(name), expected, "{name}");
        }
    }
}
