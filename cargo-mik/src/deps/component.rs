//! Whether bytes are a component, and what it exports.

use wasmparser::{ComponentExternalKind, Encoding, Parser, Payload, Validator};

use super::problem::Problem;
use crate::tools::plain;

pub(super) use mik_build::store::MOST_BYTES;

/// The names of what a component exports, sorted. `from` is what diagnostics call it.
pub(super) fn exports(bytes: &[u8], from: &str) -> Result<Vec<String>, Problem> {
    if !bytes.starts_with(b"\0asm") {
        return Err(Problem::NotWasm { from: from.to_owned(), begins: begins(bytes) });
    }
    if Parser::is_core_wasm(bytes) {
        return Err(Problem::CoreModule { from: from.to_owned() });
    }
    let invalid = |error: wasmparser::Error| Problem::Invalid { from: from.to_owned(), message: error.to_string() };
    let mut exports = Vec::new();
    let mut is_wit = true;
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(invalid)? {
            Payload::Version { encoding: Encoding::Module, .. } if depth == 0 => {
                return Err(Problem::CoreModule { from: from.to_owned() });
            }
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentExportSection(reader) if depth == 0 => {
                for export in reader {
                    let export = export.map_err(invalid)?;
                    is_wit &= export.kind == ComponentExternalKind::Type;
                    exports.push(export.name.name.to_owned());
                }
            }
            _ => {}
        }
    }
    Validator::new_with_features(mik_optimize::FEATURES).validate_all(bytes).map_err(invalid)?;
    // Packages of WIT are kept as components that export types and nothing else.
    if is_wit && !exports.is_empty() {
        return Err(Problem::WitPackage { from: from.to_owned() });
    }
    exports.sort();
    Ok(exports)
}

/// What bytes begin with, in words.
fn begins(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return "is empty".to_owned();
    }
    let first = bytes.get(..bytes.len().min(24)).unwrap_or_default();
    match std::str::from_utf8(first).or_else(|error| std::str::from_utf8(&first[..error.valid_up_to()])) {
        Ok(text) if !text.is_empty() && !text.contains(|c: char| c.is_control() && !c.is_whitespace()) => {
            let mut line = String::new();
            plain::push(&mut line, text, 24);
            format!("begins with `{line}`")
        }
        _ => format!("begins with the bytes {}", hex::encode(first.get(..first.len().min(8)).unwrap_or_default())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_text(text: &str) -> Result<Vec<String>, String> {
        exports(&wat::parse_str(text).unwrap(), "it").map_err(|problem| problem.to_string())
    }

    #[test]
    fn a_component_tells_what_it_exports() {
        let text = "(component (component $inner (export \"hidden\" (component 0))) (instance $i) \
                    (export \"shop:db/query@1.0.0\" (instance $i)) (export \"a\" (instance $i)))";
        let text = text.replace("(component $inner (export \"hidden\" (component 0)))", "");
        assert_eq!(of_text(&text).unwrap(), ["a", "shop:db/query@1.0.0"]);
        assert_eq!(of_text("(component)").unwrap(), [""; 0]);
    }

    #[test]
    fn what_is_none_is_told_by_what_it_is() {
        assert!(of_text("(module)").unwrap_err().contains("a core module"));
        let message = |bytes: &[u8]| exports(bytes, "it").unwrap_err().to_string();
        assert_eq!(
            message(b"<!doctype html><html lang=en>"),
            "it is no component: it begins with `<!doctype html><html lan`"
        );
        assert_eq!(message(b""), "it is no component: it is empty");
        assert_eq!(message(&[0x1f, 0x8b, 8, 0]), "it is no component: it begins with the bytes 1f8b0800");
        let whole = wat::parse_str("(component (component))").unwrap();
        assert!(message(&whole[..whole.len() - 1]).contains("no valid component"));
    }
}
