//! What a component imports and exports, by name.

use wasmparser::{ComponentExternalKind, Parser, Payload};

use super::StageError;
use crate::plan::UnitPlan;

/// The interface that handlers export and bridges import.
pub(super) const HANDLER: &str = "mik:core/handler@0.1.0";

/// A component's own imports and exports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interface {
    /// What it imports.
    pub imports: Vec<String>,
    /// The instances that it exports.
    pub exports: Vec<String>,
}

impl Interface {
    /// Reads a component, as far as is needed: the code in it is not looked at.
    ///
    /// # Errors
    /// The component is damaged or cut short.
    pub fn of(component: &[u8]) -> Result<Self, wasmparser::BinaryReaderError> {
        let mut interface = Self::default();
        let mut depth = 0_usize;
        for payload in Parser::new(0).parse_all(component) {
            match payload? {
                Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
                Payload::End(_) => depth = depth.saturating_sub(1),
                Payload::ComponentImportSection(reader) if depth == 0 => {
                    for import in reader {
                        interface.imports.push(import?.name.name.to_owned());
                    }
                }
                Payload::ComponentExportSection(reader) if depth == 0 => {
                    for export in reader {
                        let export = export?;
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

    /// Reads the component that a build has made of a unit.
    pub(super) fn of_unit(component: &[u8], unit: &UnitPlan) -> Result<Self, StageError> {
        let invalid =
            |source| StageError::Invalid { unit: unit.name.clone(), what: "what was made".to_owned(), source };
        Self::of(component).map_err(invalid)
    }

    /// Whether it is a handler, to be composed with a bridge.
    pub fn exports_handler(&self) -> bool {
        self.exports.iter().any(|name| name == HANDLER)
    }

    /// Whether a WASI HTTP host can serve it: preview 2's interface, or preview 3's.
    pub fn exports_http(&self) -> bool {
        self.exports.iter().any(|name| name.starts_with("wasi:http/incoming-handler@0.2.")) || self.exports_http_p3()
    }

    /// Whether it answers by preview 3's interface.
    pub fn exports_http_p3(&self) -> bool {
        self.exports.iter().any(|name| name.starts_with("wasi:http/handler@0.3."))
    }

    /// The imports that no WASI host offers.
    pub(super) fn foreign_imports(&self) -> impl Iterator<Item = &String> {
        self.imports.iter().filter(|name| !name.starts_with("wasi:"))
    }
}
