//! Says beside a component of which files it was made, as cargo does beside a library: for whoever has it built by something else.

use std::collections::BTreeSet;
use std::path::PathBuf;

use mik_build::dep_info;

use super::{Inputs, StageError};
use crate::plan::Files;
use crate::tools::files;

/// Writes the dep-info file, where it is not there already: what cargo has read, and those of the files that decide what is made of it
/// that are there. What is not known is not said; what an earlier build has said would be taken for this one's.
pub(super) fn write(paths: &Files, inputs: Option<Inputs>, deciding: &BTreeSet<PathBuf>) -> Result<(), StageError> {
    let Some(Inputs { paths: mut of }) = inputs else {
        drop(files::remove_file(&paths.dep_info));
        return Ok(());
    };
    of.extend(deciding.iter().filter(|path| path.exists()).cloned());
    let text = dep_info::render(&paths.component, of.iter().map(PathBuf::as_path));
    if !files::read(&paths.dep_info).is_ok_and(|before| before == text.as_bytes()) {
        files::write(&paths.dep_info, text.as_bytes())?;
    }
    Ok(())
}
