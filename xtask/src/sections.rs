//! The outer shape of a component: its imports and exports.

use std::collections::BTreeSet;

use wasmparser::{Parser, Payload};

use crate::Outcome;

/// The outermost imports and exports, each as one word and its name.
pub(crate) fn doors(component: &[u8]) -> Outcome<BTreeSet<String>> {
    let mut doors = BTreeSet::new();
    let mut depth = 0;
    for payload in Parser::new(0).parse_all(component) {
        match payload? {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::ComponentImportSection(imports) if depth == 0 => {
                for import in imports {
                    doors.insert(format!("import {}", import?.name.name));
                }
            }
            Payload::ComponentExportSection(exports) if depth == 0 => {
                for export in exports {
                    doors.insert(format!("export {}", export?.name.name));
                }
            }
            _ => {}
        }
    }
    Ok(doors)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_outermost_doors_count() {
        let component = wat::parse_str(
            r#"(component
                (import "a" (func))
                (component (import "inner" (func)))
                (export "b" (func 0)))"#,
        );
        let doors = component.ok().and_then(|component| doors(&component).ok());
        assert_eq!(doors, Some(["export b".to_owned(), "import a".to_owned()].into()));
    }
}
