//! Any component or core module, ours or not: from a file to a smaller file.

use std::path::{Path, PathBuf};

use mik_optimize::{Error, Names, Options, Origins, Outside};

use super::error::NamesGone;
use super::optimize::{has_names, identified, saved};
use super::wasm_opt::{self, WasmOpt};
use super::{BuildId, StageError, side_car_of};
use crate::project::{Optimize, Panic, WasmOptSettings};
use crate::report::{Event, Reporter};
use crate::tools::files;

/// What is larger is no component: a module's code has its addresses in 32 bits.
pub(super) const MOST_BYTES: u64 = 1 << 31;

/// From which file to which, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptimizeFile {
    /// The component or core module.
    pub input: PathBuf,
    /// Where the result goes, as a whole or not at all. It may be the input.
    pub output: PathBuf,
    /// What becomes of panics.
    pub panic: Panic,
    /// Whether functions and components keep their names.
    pub keep_names: bool,
    /// Whether `wasm-opt` takes part.
    pub wasm_opt: WasmOptSettings,
}

/// Optimizes a file and says what that has saved.
///
/// # Errors
/// The input can't be read or is no valid WebAssembly, the `wasm-opt` that is asked for can't be used, or the output can't be
/// written.
pub fn optimize_file(file: &OptimizeFile, reporter: &Reporter) -> Result<(), StageError> {
    let OptimizeFile { input, output, panic, keep_names, wasm_opt } = file;
    let bytes = read_wasm(input)?;
    if *panic == Panic::Trap && !has_names(&bytes) {
        reporter.warn(NamesGone {
            name: input.display().to_string(),
            help: "give it the file from before its names were taken out: `<name>.debug.wasm`, where that is beside it, is the same code with its names",
        });
    }
    let names = if *keep_names { Names::Keep } else { Names::Strip };
    let failed = |source| {
        let path = input.clone();
        match source {
            Error::InvalidInput(_) | Error::TooDeep { .. } => StageError::InvalidFile { path, source: source.into() },
            source => StageError::OptimizeFile { path, source },
        }
    };
    let origins = side_car(input, &bytes).unwrap_or_default();
    let options = Options { panic: (*panic).into(), names };
    let program = wasm_opt::find(wasm_opt, None, reporter)?;
    let wasm_opt = program.as_ref().map(|program| WasmOpt::new(program, Optimize::Size, None));
    let outside = wasm_opt.as_ref().map(|it| it as &dyn Outside);
    let mut optimized = mik_optimize::optimize_with(&bytes, &options, &origins, outside).map_err(failed)?;
    if let Some(wasm_opt) = wasm_opt {
        wasm_opt.tell(&input.display().to_string(), std::mem::take(&mut optimized.refused), reporter)?;
    }
    let had_build_id = BuildId::read(&bytes).is_some();
    let side_car;
    (optimized.bytes, side_car) = identified(optimized.bytes, &optimized.origins, had_build_id).map_err(failed)?;
    let beside = side_car_of(output);
    // Nobody looks for one beside a device.
    let side_car = side_car.as_deref().filter(|_| !files::is_special(output)).map(|side_car| (&*beside, side_car));
    let written: Vec<_> = side_car.into_iter().chain([(&**output, &*optimized.bytes)]).collect();
    files::write_together(&written)?;
    reporter.emit(Event::Optimized(saved(
        &output.display().to_string(),
        "file",
        bytes.len(),
        &optimized,
        program.as_ref(),
    )));
    Ok(())
}

/// What the side-car beside a file knows of its code, where there is one of the same build.
fn side_car(input: &Path, bytes: &[u8]) -> Option<Origins> {
    let build_id = BuildId::read(bytes)?;
    let side_car = read_wasm(&side_car_of(input)).ok()?;
    let is_same = BuildId::read(&side_car)? == build_id;
    if is_same { Origins::of_side_car(bytes, &side_car).ok() } else { None }
}

/// Reads a file that has to be WebAssembly in its binary form.
///
/// # Errors
/// It can't be read, or is something else.
pub fn read_wasm(path: &Path) -> Result<Vec<u8>, StageError> {
    let bytes = files::read_at_most(path, MOST_BYTES).map_err(|source| StageError::ReadFile { source })?;
    match bytes {
        Some(bytes) if bytes.starts_with(b"\0asm") => Ok(bytes),
        _ => Err(StageError::NotWasmFile { path: path.to_owned() }),
    }
}
