//! The outer shape of a component: its custom sections, which are cut out, and its imports and exports.

use std::collections::BTreeSet;

use wasm_encoder::{ComponentSectionId, Encode, RawSection, Section};
use wasmparser::{Encoding, Parser, Payload};

use crate::Outcome;

/// Takes every custom section out of a component and of all that is nested in it: names, producers, debug data.
pub(crate) fn strip(component: &[u8]) -> Outcome<Vec<u8>> {
    let mut outer = Vec::new();
    let mut current = Vec::new();
    for payload in Parser::new(0).parse_all(component) {
        let payload = payload?;
        match &payload {
            Payload::Version { encoding, .. } => current.extend_from_slice(match encoding {
                Encoding::Module => &wasm_encoder::Module::HEADER,
                Encoding::Component => &wasm_encoder::Component::HEADER,
            }),
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => {
                outer.push(std::mem::take(&mut current));
                continue;
            }
            Payload::CustomSection(_) => continue,
            Payload::End(_) => {
                let Some(mut parent) = outer.pop() else { break };
                let id = match is_component(&current) {
                    true => ComponentSectionId::Component,
                    false => ComponentSectionId::CoreModule,
                };
                parent.push(id as u8);
                current.encode(&mut parent);
                current = parent;
                continue;
            }
            _ => {}
        }
        if let Some((id, range)) = payload.as_section() {
            let range = usize::try_from(range.start)?..usize::try_from(range.end)?;
            let data = component.get(range).ok_or("a section lies outside of the file")?;
            RawSection { id, data }.append_to(&mut current);
        }
    }
    Ok(current)
}

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

fn is_component(bytes: &[u8]) -> bool {
    bytes.starts_with(&wasm_encoder::Component::HEADER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_custom_sections_are_cut_out_and_the_rest_stays() {
        let full = wat::parse_str(
            r#"(component $named
                (@custom "producers" "x")
                (import "host" (func))
                (core module $inner (func $f) (@custom "debug" "y") (export "f" (func $f)))
                (component $deep (core module $m (@custom "z" "z") (func $g)))
                (export "again" (func 0)))"#,
        );
        let bare = wat::parse_str(
            r#"(component
                (import "host" (func))
                (core module (func) (export "f" (func 0)))
                (component (core module (func)))
                (export "again" (func 0)))"#,
        );
        let (Ok(full), Ok(bare)) = (full, bare) else { panic!("the test's own text") };
        let bare = strip(&bare).ok();
        assert!(bare.is_some());
        assert_eq!(strip(&full).ok(), bare);
    }

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
