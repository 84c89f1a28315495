//! What a component imports and exports, by name.

use wasmparser::{ComponentExternalKind, Parser, Payload};

use super::StageError;
use crate::plan::UnitPlan;

/// The interface that handlers export and bridges import.
pub(super) const HANDLER: &str = "mik:core/handler@0.1.0";

/// A component's own imports and exports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Interface {
    pub(super) imports: Vec<String>,
    pub(super) exports: Vec<String>,
}

impl Interface {
    /// Reads a component.
    pub(super) fn of(component: &[u8], unit: &UnitPlan) -> Result<Self, StageError> {
        let invalid =
            |source| StageError::Invalid { unit: unit.name.clone(), what: "what was made".to_owned(), source };
        let mut interface = Self::default();
        let mut depth = 0_usize;
        for payload in Parser::new(0).parse_all(component) {
            match payload.map_err(invalid)? {
                Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
                Payload::End(_) => depth = depth.saturating_sub(1),
                Payload::ComponentImportSection(reader) if depth == 0 => {
                    for import in reader {
                        interface.imports.push(import.map_err(invalid)?.name.name.to_owned());
                    }
                }
                Payload::ComponentExportSection(reader) if depth == 0 => {
                    for export in reader {
                        let export = export.map_err(invalid)?;
                        if export.kind == ComponentExternalKind::Instance {
                            interface.exports.push(export.name.name.to_owned());
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(interface)
    }

    /// Whether it is a handler, to be composed with a bridge.
    pub(super) fn exports_handler(&self) -> bool {
        self.exports.iter().any(|name| name == HANDLER)
    }

    /// Whether a WASI HTTP host can serve it: preview 2's interface, or preview 3's.
    pub(super) fn exports_http(&self) -> bool {
        self.exports.iter().any(|name| {
            name.starts_with("wasi:http/incoming-handler@0.2.") || name.starts_with("wasi:http/handler@0.3.")
        })
    }

    /// The imports that no WASI host offers.
    pub(super) fn foreign_imports(&self) -> impl Iterator<Item = &String> {
        self.imports.iter().filter(|name| !name.starts_with("wasi:"))
    }
}
