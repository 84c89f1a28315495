//! Components and what is decided of them, to one component: `wac-graph` checks the types and writes the bytes.

use std::panic::{AssertUnwindSafe, catch_unwind};

use wac_graph::types::{ItemKind, Package, are_semver_compatible};
use wac_graph::{CompositionGraph, EncodeError, EncodeOptions, InstantiationArgumentError, NodeId, PackageId};
use wasmparser::{Parser, Validator, WasmFeatures};

use super::error::{CompositionError, UnusedPlug};
use super::near::near;
use super::wiring::{self, Part, Rules, Wire, Wiring, is_meant, is_of_hosts, name};
use crate::report::Plugged;

/// A component that takes part.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    /// What it is called in messages.
    pub(crate) name: String,
    /// The component.
    pub(crate) bytes: Vec<u8>,
    /// The import that it is given to, and to no other, where that was decided by hand.
    pub(crate) given_to: Option<String>,
}

/// What has become of components.
#[derive(Debug)]
pub(crate) struct Joined {
    /// The component; nothing, where nothing is plugged into the socket.
    pub(crate) bytes: Option<Vec<u8>>,
    /// What is given to what.
    pub(crate) plugged: Vec<Plugged>,
    /// Imports that are no host's as far as is known, and that nobody offers.
    pub(crate) open: Vec<Open>,
    /// The plugs that nothing imports anything of.
    pub(crate) unused: Vec<UnusedPlug>,
}

/// An import that nobody offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Open {
    /// Who imports it.
    pub(crate) taker: String,
    /// The import.
    pub(crate) import: String,
    /// What plugs export that is near it.
    pub(crate) near: Vec<String>,
}

/// Makes one component of a socket and its plugs: everything that the socket exports is exported.
///
/// # Errors
/// One of them is no component; names do not say what is given to what; types do not match.
pub(crate) fn join(socket: Piece, plugs: Vec<Piece>, rules: Rules<'_>) -> Result<Joined, CompositionError> {
    let name = socket.name.clone();
    // What it has not been made for it panics at, and that is no reason to end the program.
    let joined = catch_unwind(AssertUnwindSafe(|| {
        let pieces = std::iter::once(socket).chain(plugs);
        Assembly::of(pieces)?.join(rules)
    }));
    joined.unwrap_or(Err(CompositionError::Unsupported { socket: name }))
}

/// Components that have been read.
struct Assembly {
    graph: CompositionGraph,
    packages: Vec<PackageId>,
    parts: Vec<Part>,
}

impl Assembly {
    fn of(pieces: impl Iterator<Item = Piece>) -> Result<Self, CompositionError> {
        let mut assembly = Self { graph: CompositionGraph::new(), packages: Vec::new(), parts: Vec::new() };
        for Piece { name, bytes, given_to } in pieces {
            check(&name, &bytes)?;
            let invalid = |source| CompositionError::InvalidInput { name: name.clone(), source };
            let Self { graph, packages, parts } = &mut assembly;
            // Not its name: what it is called has no say in what comes of it.
            let key = format!("mik:part-{}", parts.len());
            let package = Package::from_bytes(&key, None, bytes, graph.types_mut());
            let package = package.map_err(|error| invalid(error.into()))?;
            let world = &graph.types()[package.ty()];
            let (imports, exports) = (world.imports.keys().cloned().collect(), world.exports.keys().cloned().collect());
            packages.push(graph.register_package(package).map_err(|error| invalid(error.into()))?);
            parts.push(Part { name, imports, exports, given_to });
        }
        Ok(assembly)
    }

    fn join(mut self, rules: Rules<'_>) -> Result<Joined, CompositionError> {
        let mut wiring = wiring::wire(&self.parts, rules)?;
        for wire in &mut wiring.wires {
            if wire.export.is_none() {
                wire.export = Some(self.export_for(wire)?);
            }
        }
        let unused = self.unused(&wiring, rules)?;
        let bytes = if wiring.wires.is_empty() { None } else { Some(self.encode(&wiring, rules)?) };
        let spare = wiring::spare(&self.parts, &wiring);
        let stays = |import: &str| is_of_hosts(import) || rules.stay.iter().any(|stays| is_meant(stays, import));
        let open = wiring.open.iter().filter(|(_, import)| !stays(import)).map(|(taker, import)| Open {
            taker: name(&self.parts, *taker).to_owned(),
            import: import.clone(),
            near: near(import, &spare),
        });
        Ok(Joined {
            open: open.collect(),
            plugged: wiring.wires.iter().map(|wire| self.plugged(wire)).collect(),
            bytes,
            unused,
        })
    }

    /// Which export a plug gives to an import that it is given to by hand and whose name says nothing: one that is the
    /// interface the import stands for, else the only one of its kind.
    fn export_for(&self, wire: &Wire) -> Result<String, CompositionError> {
        let types = self.graph.types();
        let items = |part: usize| self.packages.get(part).map(|package| &types[self.graph[*package].ty()]);
        let import = items(wire.taker).and_then(|world| world.imports.get(&wire.import));
        let exports = items(wire.giver).map(|world| &world.exports);
        let interface = |kind: &ItemKind| match kind {
            ItemKind::Instance(id) => types[*id].id.clone(),
            _ => None,
        };
        let is_the_interface = |export: &str| {
            import.and_then(interface).is_some_and(|interface| are_semver_compatible(&interface, export))
        };
        let alike = |kind: &&ItemKind| {
            import.is_some_and(|import| std::mem::discriminant(import) == std::mem::discriminant(*kind))
        };
        let of_kind: Vec<&String> =
            exports.into_iter().flatten().filter(|(_, kind)| alike(kind)).map(|(name, _)| name).collect();
        let found = of_kind.iter().find(|export| is_the_interface(export));
        match (found, of_kind.as_slice()) {
            (Some(export), _) => Ok((*export).clone()),
            (None, [only]) => Ok((*only).clone()),
            _ => Err(CompositionError::NoSuchExport {
                plug: name(&self.parts, wire.giver).to_owned(),
                import: wire.import.clone(),
                exports: self.exports(wire.giver),
            }),
        }
    }

    /// The plugs that nothing takes anything of. One that was given to something by hand has to be taken.
    fn unused(&self, wiring: &Wiring, rules: Rules<'_>) -> Result<Vec<UnusedPlug>, CompositionError> {
        let mut unused = Vec::new();
        for (index, part) in wiring.unused.iter().filter_map(|index| Some((*index, self.parts.get(*index)?))) {
            if let Some(import) = &part.given_to {
                let others = self.parts.iter().enumerate().filter(|(other, _)| *other != index);
                let imports: Vec<String> = others.flat_map(|(_, other)| other.imports.iter().cloned()).collect();
                let help = rules.by_hand.no_such_import(&imports);
                return Err(CompositionError::NoSuchImport { plug: part.name.clone(), import: import.clone(), help });
            }
            let exports: Vec<_> = part.exports.iter().map(|export| (part.name.as_str(), export.as_str())).collect();
            let open = wiring.open.iter().filter(|(_, import)| !is_of_hosts(import));
            let nearest = open.flat_map(|(taker, import)| {
                let taker = name(&self.parts, *taker);
                near(import, &exports).into_iter().map(move |near| format!("{near}; `{taker}` imports `{import}`"))
            });
            let help: Vec<_> = self.other_way_round(part).into_iter().chain(nearest).collect();
            let help = if help.is_empty() { "leave it out".to_owned() } else { help.join("; ") };
            unused.push(UnusedPlug { plug: part.name.clone(), exports: self.exports(index), help });
        }
        Ok(unused)
    }

    /// Whether a plug is what the socket had to be plugged into.
    fn other_way_round(&self, plug: &Part) -> Option<String> {
        let socket = self.parts.first()?;
        let import = plug.imports.iter().find(|import| socket.exports.contains(import))?;
        Some(format!("is it the other way round? It imports `{import}`, which `{}` exports", socket.name))
    }

    fn encode(&mut self, wiring: &Wiring, rules: Rules<'_>) -> Result<Vec<u8>, CompositionError> {
        let socket = name(&self.parts, 0).to_owned();
        let failed = |source| CompositionError::Result { socket: socket.clone(), source };
        let mut nodes: Vec<Option<NodeId>> = vec![None; self.parts.len()];
        for part in &wiring.order {
            let Some(package) = self.packages.get(*part) else { continue };
            let node = self.graph.instantiate(*package);
            if let Some(place) = nodes.get_mut(*part) {
                *place = Some(node);
            }
            for wire in wiring.wires.iter().filter(|wire| wire.taker == *part) {
                let Some(giver) = nodes.get(wire.giver).copied().flatten() else { continue };
                let export = wire.export.as_deref().unwrap_or(&wire.import);
                let alias = self.graph.alias_instance_export(giver, export).map_err(|error| failed(error.into()))?;
                let set = self.graph.set_instantiation_argument(node, &wire.import, alias);
                set.map_err(|error| match error {
                    InstantiationArgumentError::ArgumentTypeMismatch { source, .. } => CompositionError::Mismatch {
                        wire: Box::new(self.plugged(wire)),
                        help: rules.by_hand.mismatch(),
                        source: source.into(),
                    },
                    error => failed(error.into()),
                })?;
            }
        }
        if let Some((node, part)) = nodes.first().copied().flatten().zip(self.parts.first()) {
            for export in &part.exports {
                let alias = self.graph.alias_instance_export(node, export).map_err(|error| failed(error.into()))?;
                self.graph.export(alias, export).map_err(|error| failed(error.into()))?;
            }
        }
        let options = EncodeOptions { define_components: true, validate: false, processor: None };
        let bytes = self.graph.encode(options).map_err(|error| match error {
            EncodeError::ImportTypeMergeConflict { import, first, second, source } => {
                let of = |node: NodeId| {
                    let part = nodes.iter().position(|known| *known == Some(node));
                    part.map_or("", |part| name(&self.parts, part)).to_owned()
                };
                CompositionError::Conflict { import, first: of(first), second: of(second), source: source.into() }
            }
            error => failed(error.into()),
        })?;
        let mut validator = Validator::new_with_features(WasmFeatures::all());
        validator.validate_all(&bytes).map_err(|error| failed(error.into()))?;
        Ok(bytes)
    }

    /// A wire by names.
    fn plugged(&self, wire: &Wire) -> Plugged {
        Plugged {
            into: name(&self.parts, wire.taker).to_owned(),
            import: wire.import.clone(),
            from: name(&self.parts, wire.giver).to_owned(),
            export: wire.export.clone().unwrap_or_else(|| wire.import.clone()),
        }
    }

    /// What a part exports, for people.
    fn exports(&self, part: usize) -> String {
        match self.parts.get(part).map(|part| part.exports.as_slice()).unwrap_or_default() {
            [] => "nothing".to_owned(),
            exports => format!("`{}`", exports.join("`, `")),
        }
    }
}

/// Tells what is no component from what is a damaged one.
fn check(name: &str, bytes: &[u8]) -> Result<(), CompositionError> {
    let name = name.to_owned();
    match bytes {
        bytes if Parser::is_component(bytes) => Ok(()),
        bytes if Parser::is_core_wasm(bytes) => Err(CompositionError::CoreModule { name }),
        _ => Err(CompositionError::NotWasm { name }),
    }
}
