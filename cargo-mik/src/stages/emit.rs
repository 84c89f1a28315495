//! Puts a finished component in its place, whole or not at all, and leaves a record for the next build.

use std::path::Path;

use super::{StageError, Work, validate};
use crate::plan::{Freshness, Record, UnitPlan};
use crate::report::Artifact;
use crate::tools::{digest, files};

/// Validates and writes what was made.
pub(super) fn write(
    unit: &UnitPlan,
    work: &Work,
    component: &Path,
    handler: &Path,
    record: &Path,
) -> Result<Artifact, StageError> {
    validate::validate(&work.bytes, unit)?;
    match &work.handler {
        Some(bytes) => files::write(handler, bytes)?,
        // One that an earlier build has left would be taken for this one's.
        None => drop(files::remove_file(handler)),
    }
    files::write(component, &work.bytes)?;
    let content = Record {
        source: work.source.clone(),
        settings: unit.settings.clone(),
        component: digest::of(&work.bytes),
        handler: work.handler.as_deref().map(digest::of),
    };
    // Last: a record speaks only of what is really there.
    let content = serde_json::to_vec_pretty(&content).map_err(|source| StageError::Record { source })?;
    files::write(record, &content)?;
    Ok(Artifact {
        name: unit.name.clone(),
        package: unit.package.clone(),
        path: component.to_owned(),
        handler: work.handler.is_some().then(|| handler.to_owned()),
        size: work.bytes.len() as u64,
        fresh: false,
    })
}

/// What an earlier build has written and this one has nothing to add to.
pub(super) fn fresh(unit: &UnitPlan, component: &Path, handler: &Path) -> Result<Artifact, StageError> {
    let composed = matches!(&unit.freshness, Freshness::UnlessCargoChanges(record) if record.handler.is_some());
    let size = files::metadata(component).map_err(|source| StageError::Read { source })?.len();
    Ok(Artifact {
        name: unit.name.clone(),
        package: unit.package.clone(),
        path: component.to_owned(),
        handler: composed.then(|| handler.to_owned()),
        size,
        fresh: true,
    })
}
