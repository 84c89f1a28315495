//! Composes a handler with a bridge, in process: the handler's export becomes the bridge's import.

use mik_bridge_provider::COMPONENT as EMBEDDED_BRIDGE;
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions};

use crate::plan::UnitPlan;
use crate::project::{Bridge, Composition};
use crate::report::Reporter;
use crate::stages::StageError;
use crate::stages::interface::{HANDLER, Interface};
use crate::tools::files;

/// Composes a component with the bridge where that is wanted; nothing is what a component gets that goes as it is.
pub(super) fn compose(
    component: &[u8],
    composition: &Composition,
    unit: &UnitPlan,
    reporter: &Reporter,
) -> Result<Option<Vec<u8>>, StageError> {
    let interface = Interface::of_unit(component, unit)?;
    let bridge = match composition {
        Composition::Never => return Ok(None),
        Composition::WhereExported { bridge } | Composition::IfExported { bridge } if interface.exports_handler() => {
            bridge
        }
        Composition::IfExported { .. } => return Ok(None),
        Composition::WhereExported { .. } if interface.exports_http() => return Ok(None),
        Composition::WhereExported { .. } | Composition::Always { .. } if !interface.exports_handler() => {
            return Err(StageError::NoHandler { unit: unit.name.clone(), exports: listed(&interface.exports) });
        }
        Composition::WhereExported { bridge } | Composition::Always { bridge } => bridge,
    };
    reporter.detail("Composing", &unit.name);
    let bridge = match bridge {
        Bridge::Embedded => EMBEDDED_BRIDGE.to_vec(),
        Bridge::File(path) => {
            let bytes = files::read(path).map_err(|source| StageError::Read { source })?;
            if !wasmparser::Parser::is_component(&bytes) {
                return Err(StageError::Bridge { path: path.clone() });
            }
            bytes
        }
    };
    plug(component, bridge, &unit.name).map(Some)
}

/// Composes a handler with the embedded bridge: what a server does with one that it is given.
///
/// # Errors
/// The handler was built against another interface than the bridge's.
pub fn with_bridge(handler: &[u8], name: &str) -> Result<Vec<u8>, StageError> {
    plug(handler, EMBEDDED_BRIDGE.to_vec(), name)
}

fn plug(handler: &[u8], bridge: Vec<u8>, name: &str) -> Result<Vec<u8>, StageError> {
    let failed =
        |source: Box<dyn std::error::Error + Send + Sync>| StageError::Compose { unit: name.to_owned(), source };
    let mut graph = CompositionGraph::new();
    let handler = Package::from_bytes("mik:handler", None, handler.to_vec(), graph.types_mut())
        .map_err(|error| failed(error.into()))?;
    let handler = graph.register_package(handler).map_err(|error| failed(error.into()))?;
    let bridge =
        Package::from_bytes("mik:bridge", None, bridge, graph.types_mut()).map_err(|error| failed(error.into()))?;
    let bridge = graph.register_package(bridge).map_err(|error| failed(error.into()))?;

    let handler = graph.instantiate(handler);
    let bridge_instance = graph.instantiate(bridge);
    let export = graph.alias_instance_export(handler, HANDLER).map_err(|error| failed(error.into()))?;
    graph.set_instantiation_argument(bridge_instance, HANDLER, export).map_err(|error| failed(error.into()))?;
    let exports: Vec<String> = graph.types()[graph[bridge].ty()].exports.keys().cloned().collect();
    for name in exports {
        let alias = graph.alias_instance_export(bridge_instance, &name).map_err(|error| failed(error.into()))?;
        graph.export(alias, &name).map_err(|error| failed(error.into()))?;
    }
    // Validation is a stage of its own.
    let options = EncodeOptions { define_components: true, validate: false, processor: None };
    graph.encode(options).map_err(|error| failed(error.into()))
}

fn listed(names: &[String]) -> String {
    if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
}
