//! The last look at a component before it is written: it is valid, and a WASI HTTP host can run it.

use wasmparser::{Validator, WasmFeatures};

use super::StageError;
use super::interface::Interface;
use crate::plan::UnitPlan;

/// Checks a finished component.
pub(super) fn validate(component: &[u8], unit: &UnitPlan) -> Result<(), StageError> {
    let features = WasmFeatures::all();
    Validator::new_with_features(features).validate_all(component).map_err(|source| StageError::Invalid {
        unit: unit.name.clone(),
        what: "the finished component".to_owned(),
        source,
    })?;
    let interface = Interface::of_unit(component, unit)?;
    let foreign: Vec<&str> = interface.foreign_imports().map(String::as_str).collect();
    if foreign.is_empty() {
        Ok(())
    } else {
        Err(StageError::ForeignImport { package: unit.package.clone(), imports: foreign.join("`, `") })
    }
}
