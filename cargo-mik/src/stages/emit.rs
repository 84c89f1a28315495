//! Puts a finished component in its place, whole or not at all, and leaves a record for the next build.

use std::path::Path;

use mik_optimize::Sizes;

use super::{StageError, Work, validate};
use crate::plan::{Files, Freshness, Record, UnitPlan};
use crate::report::{Artifact, size};
use crate::tools::{digest, files};

/// Validates and writes what was made.
pub(super) fn write(unit: &UnitPlan, work: Work, paths: &Files, max_size: Option<u64>) -> Result<Artifact, StageError> {
    validate::validate(&work.bytes, unit)?;
    if is_over(work.bytes.len() as u64, max_size) {
        return Err(too_large(unit, &work.bytes, work.debug.as_deref(), max_size));
    }
    let all = [
        (&paths.handler, work.handler.as_deref()),
        (&paths.debug, work.debug.as_deref()),
        (&paths.component, Some(work.bytes.as_slice())),
    ];
    let written: Vec<(&Path, &[u8])> =
        all.iter().filter_map(|(path, bytes)| bytes.map(|bytes| (path.as_path(), bytes))).collect();
    files::write_together(&written)?;
    // What an earlier build has left would be taken for this one's.
    for (path, _) in all.iter().filter(|(_, bytes)| bytes.is_none()) {
        drop(files::remove_file(path));
    }
    let content = Record {
        source: work.source.clone(),
        settings: unit.settings.clone(),
        component: digest::of(&work.bytes),
        handler: work.handler.as_deref().map(digest::of),
        debug: work.debug.as_deref().map(digest::of),
    };
    // Last: a record speaks only of what is really there.
    let content = serde_json::to_vec_pretty(&content).map_err(|source| StageError::Record { source })?;
    files::write(&paths.record, &content)?;
    Ok(Artifact {
        name: unit.name.clone(),
        package: unit.package.clone(),
        path: paths.component.clone(),
        handler: work.handler.is_some().then(|| paths.handler.clone()),
        debug: work.debug.is_some().then(|| paths.debug.clone()),
        size: work.bytes.len() as u64,
        optimized: work.optimized,
        fresh: false,
    })
}

/// What an earlier build has written and this one has nothing to add to.
pub(super) fn fresh(unit: &UnitPlan, paths: &Files, max_size: Option<u64>) -> Result<Artifact, StageError> {
    let composed = matches!(&unit.freshness, Freshness::UnlessCargoChanges(record) if record.handler.is_some());
    let read = |path: &Path| files::read(path).map_err(|source| StageError::Read { source });
    let size = files::metadata(&paths.component).map_err(|source| StageError::Read { source })?.len();
    if is_over(size, max_size) {
        return Err(too_large(unit, &read(&paths.component)?, read(&paths.debug).ok().as_deref(), max_size));
    }
    Ok(Artifact {
        name: unit.name.clone(),
        package: unit.package.clone(),
        path: paths.component.clone(),
        handler: composed.then(|| paths.handler.clone()),
        debug: paths.debug.is_file().then(|| paths.debug.clone()),
        size,
        optimized: Vec::new(),
        fresh: true,
    })
}

fn is_over(size: u64, max_size: Option<u64>) -> bool {
    max_size.is_some_and(|max_size| size > max_size)
}

/// The error for a component that is larger than it may be, with the crates that it is made of.
fn too_large(unit: &UnitPlan, component: &[u8], named: Option<&[u8]>, max_size: Option<u64>) -> StageError {
    // What can't be counted has been validated: the message just says less.
    let crates = Sizes::of(named.unwrap_or(component)).map(|sizes| sizes.by_crate()).unwrap_or_default();
    let mut crates: Vec<(String, usize)> =
        crates.into_iter().filter(|(name, _)| !name.starts_with('[') || name == "[data]").collect();
    crates.sort_by(|(name, bytes), (other, others)| others.cmp(bytes).then(name.cmp(other)));
    let largest: Vec<_> =
        crates.iter().take(5).map(|(name, bytes)| format!("{name} {}", size(*bytes as u64))).collect();
    StageError::TooLarge {
        unit: unit.name.clone(),
        bytes: component.len() as u64,
        max_size: max_size.unwrap_or_default(),
        largest: largest.join(", "),
    }
}
