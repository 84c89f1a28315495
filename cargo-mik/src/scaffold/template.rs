//! The template, filled in: the project's name, and where its SDK comes from.

use std::path::Path;

/// Each file of `templates/basic`: where it goes, and what it says. Names that cargo or git would take for their own
/// are spelt otherwise in the template.
const BASIC: &[(&str, &str)] = &[
    ("Cargo.toml", include_str!("../../templates/basic/Cargo.toml.tmpl")),
    ("src/lib.rs", include_str!("../../templates/basic/src/lib.rs")),
    ("README.md", include_str!("../../templates/basic/README.md")),
    (".gitignore", include_str!("../../templates/basic/gitignore")),
];

/// The checkout that this program was built from.
const CHECKOUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The basic template for a package of this name.
pub(super) fn basic(name: &str) -> Vec<(&'static str, String)> {
    let sdk = sdk();
    BASIC.iter().map(|(path, text)| (*path, text.replace("{{name}}", name).replace("{{sdk}}", &sdk))).collect()
}

/// The SDK as a dependency: by path from the checkout while that is there, since the two belong together; by version
/// otherwise.
fn sdk() -> String {
    let version = env!("CARGO_PKG_VERSION");
    match Path::new(CHECKOUT).join("sdk").canonicalize() {
        Ok(path) if path.join("Cargo.toml").is_file() => {
            // A literal string: a Windows path keeps its backslashes.
            format!("mik-sdk = {{ path = '{}' }}", path.display())
        }
        _ => format!("mik-sdk = \"{version}\""),
    }
}
