//! What a component or a core module imports and exports, by name.

use serde::Serialize;
use wasmparser::{ComponentExternalKind, ExternalKind, Parser, Payload, TypeRef};

use super::{ITEMS_MOST, plain};

/// Imports and exports, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Items {
    pub(super) imports: Vec<Item>,
    pub(super) exports: Vec<Item>,
}

/// An import or an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Item {
    /// In a core module's imports, the module and the name with a space between them.
    pub(super) name: String,
    /// The sort of definition.
    pub(super) sort: &'static str,
    /// The version in the name of an interface.
    pub(super) version: Option<String>,
}

impl Items {
    pub(super) fn of(bytes: &[u8]) -> Result<Self, wasmparser::Error> {
        let mut items = Self::default();
        let mut depth = 0_usize;
        for payload in Parser::new(0).parse_all(bytes) {
            match payload? {
                Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
                Payload::End(_) => depth = depth.saturating_sub(1),
                _ if depth > 0 => {}
                Payload::ComponentImportSection(reader) => {
                    for import in reader {
                        let import = import?;
                        push(&mut items.imports, import.name.name, sort(import.ty.kind()));
                    }
                }
                Payload::ComponentExportSection(reader) => {
                    for export in reader {
                        let export = export?;
                        push(&mut items.exports, export.name.name, sort(export.kind));
                    }
                }
                Payload::ImportSection(reader) => {
                    for import in reader.into_imports() {
                        let import = import?;
                        let name = format!("{} {}", import.module, import.name);
                        push(&mut items.imports, &name, core_type(&import.ty));
                    }
                }
                Payload::ExportSection(reader) => {
                    for export in reader {
                        let export = export?;
                        push(&mut items.exports, export.name, core_sort(export.kind));
                    }
                }
                _ => {}
            }
        }
        Ok(items)
    }

    /// Whether an interface is exported whose name begins so.
    pub(super) fn exports(&self, prefix: &str) -> bool {
        self.exports.iter().any(|export| export.sort == "instance" && export.name.starts_with(prefix))
    }
}

fn push(items: &mut Vec<Item>, name: &str, sort: &'static str) {
    if items.len() < ITEMS_MOST {
        let version = name.rsplit_once('@').filter(|_| sort == "instance").map(|(_, version)| plain(version));
        items.push(Item { name: plain(name), sort, version });
    }
}

fn sort(kind: ComponentExternalKind) -> &'static str {
    match kind {
        ComponentExternalKind::Module => "module",
        ComponentExternalKind::Func => "function",
        ComponentExternalKind::Value => "value",
        ComponentExternalKind::Type => "type",
        ComponentExternalKind::Instance => "instance",
        ComponentExternalKind::Component => "component",
    }
}

fn core_sort(kind: ExternalKind) -> &'static str {
    match kind {
        ExternalKind::Func | ExternalKind::FuncExact => "function",
        ExternalKind::Table => "table",
        ExternalKind::Memory => "memory",
        ExternalKind::Global => "global",
        ExternalKind::Tag => "tag",
    }
}

fn core_type(ty: &TypeRef) -> &'static str {
    match ty {
        TypeRef::Func(_) | TypeRef::FuncExact(_) => "function",
        TypeRef::Table(_) => "table",
        TypeRef::Memory(_) => "memory",
        TypeRef::Global(_) => "global",
        TypeRef::Tag(_) => "tag",
    }
}
