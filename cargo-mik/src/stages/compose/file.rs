//! Components as files, ours or not: from several to one.

use std::path::PathBuf;

use super::error::{ByHand, CompositionError};
use super::graph::{Joined, Open, Piece, join};
use super::wiring::Rules;
use crate::report::{Composed, Event, Reporter};
use crate::stages::optimize_file::MOST_BYTES;
use crate::stages::{StageError, openapi};
use crate::tools::files;

/// Which files become one, and where that goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComposeFiles {
    /// The component whose imports are plugged, and whose exports stay.
    pub socket: PathBuf,
    /// What is plugged into it, and into each other.
    pub plugs: Vec<Plug>,
    /// The imports that stay, whoever exports them.
    pub imports: Vec<String>,
    /// Where the result goes, as a whole or not at all. It may be one of the files.
    pub output: PathBuf,
}

/// A component that is plugged into others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plug {
    /// The component.
    pub path: PathBuf,
    /// The import that it is given to, and to no other; where there is none, it is given to what it fits.
    pub given_to: Option<String>,
}

/// Composes files and says what has become of them.
///
/// # Errors
/// One of them can't be read or is no component; they do not fit; the output can't be written.
pub fn compose_files(files: &ComposeFiles, reporter: &Reporter) -> Result<(), StageError> {
    let ComposeFiles { socket, plugs, imports, output } = files;
    let mut socket = read(&Plug { path: socket.clone(), given_to: None })?;
    let plugs = plugs.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    // What the socket answers is what the result does; that of a plug is not asked for any more.
    let document;
    (socket.bytes, document) = document_of(socket.bytes);
    let name = socket.name.clone();
    let rules = Rules { plug: true, stay: imports, by_hand: ByHand::CommandLine };
    let Joined { bytes, plugged, open, unused } = join(socket, plugs, rules)?;
    if let Some(unused) = unused.into_iter().next() {
        return Err(CompositionError::Unused(unused).into());
    }
    if let Some(Open { taker, import, near }) = open.iter().find(|open| !open.near.is_empty()) {
        let help = rules.by_hand.not_offered(import, near);
        return Err(CompositionError::NotOffered { taker: taker.clone(), import: import.clone(), help }.into());
    }
    let bytes = openapi::put(bytes.unwrap_or_default(), document.as_deref());
    let bytes = bytes.map_err(|source| CompositionError::Result { socket: name, source: source.into() })?;
    files::write(output, &bytes)?;
    plugged.iter().for_each(|plugged| reporter.detail("Plugged", plugged.in_words()));
    let composed = Composed { path: output.clone(), size: bytes.len() as u64, plugged, imports: Vec::new() };
    let imports = crate::stages::Interface::of(&bytes).map(|interface| interface.imports).unwrap_or_default();
    reporter.emit(Event::Composed(Composed { imports, ..composed }));
    for Open { taker, import, near: _ } in open {
        reporter.emit(Event::Note(format!(
            "`{taker}` imports `{import}`, which no plug exports: the host has to offer it"
        )));
    }
    Ok(())
}

fn read(Plug { path, given_to }: &Plug) -> Result<Piece, CompositionError> {
    let name = path.display().to_string();
    let bytes = files::read_at_most(path, MOST_BYTES).map_err(|source| CompositionError::Read { source })?;
    let bytes = bytes.ok_or_else(|| CompositionError::NotWasm { name: name.clone() })?;
    Ok(Piece { name, bytes, given_to: given_to.clone() })
}

/// A component without its OpenAPI document, and that. One that can't be read is told of by who composes it.
fn document_of(bytes: Vec<u8>) -> (Vec<u8>, Option<Vec<u8>>) {
    openapi::take(bytes.clone()).unwrap_or((bytes, None))
}
