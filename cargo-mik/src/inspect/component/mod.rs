//! `cargo mik inspect`: what a component is, and what it says of itself. Nothing of it is run, and whatever is in it is
//! from outside: bounded, and without anything that a terminal would obey.

mod about;
mod capability;
mod dependencies;
mod features;
mod items;
mod kind;
mod parts;
mod routes;
mod runners;
mod text;
mod wit;

use std::path::Path;

use serde::Serialize;
use wasmparser::{Parser, Validator, WasmFeatures};

use self::about::About;
use self::capability::Capability;
use self::dependencies::Dependencies;
use self::items::Items;
use self::kind::{Kind, World};
use self::parts::Part;
use self::routes::Routes;
use super::plain;
use crate::stages::{StageError, read_wasm, side_car_of};

/// The most that a list has. What is beyond is left out: no component that does anything has more.
const ITEMS_MOST: usize = 10_000;

/// What a component, or another file of WebAssembly, is.
#[derive(Clone, Debug, Serialize)]
pub struct Inspection {
    /// The file, as it was named.
    file: String,
    bytes: u64,
    kind: Kind,
    worlds: Vec<World>,
    about: About,
    #[serde(flatten)]
    items: Items,
    capabilities: Vec<Capability>,
    runs_in: Vec<String>,
    features: Vec<&'static str>,
    parts: Vec<Part>,
    routes: Option<Routes>,
    dependencies: Option<Dependencies>,
    /// The file beside it with the names of its functions.
    debug: Option<String>,
    wit: Option<String>,
    /// Why there is no WIT.
    no_wit: Option<String>,
}

impl Inspection {
    /// Looks at a file.
    ///
    /// # Errors
    /// It can't be read, or is no valid WebAssembly of any proposal.
    pub fn of_file(path: &Path) -> Result<Self, StageError> {
        let bytes = read_wasm(path)?;
        Validator::new_with_features(WasmFeatures::all())
            .validate_all(&bytes)
            .map_err(|source| StageError::InvalidFile { path: path.to_owned(), source: source.into() })?;
        let file = path.display().to_string();
        let damaged =
            |source: wasmparser::Error| StageError::InvalidFile { path: path.to_owned(), source: source.into() };
        let items = Items::of(&bytes).map_err(damaged)?;
        let parts = parts::of(&bytes).map_err(damaged)?;
        let features = features::needed(&bytes);
        let is_component = Parser::is_component(&bytes);
        let (wit, no_wit) = match wit::of(&bytes, is_component) {
            Ok(wit) => (Some(wit), None),
            Err(reason) => (None, Some(plain(&reason))),
        };
        let kind = kind::of(&bytes, is_component, &items);
        let worlds = kind::worlds(kind, &items, wit.is_some());
        let about = About::of(&bytes).map_err(damaged)?;
        Ok(Self {
            bytes: bytes.len() as u64,
            kind,
            debug: side_car(path, &about),
            about,
            capabilities: capability::of(&items, is_component),
            runs_in: runners::of(kind, &worlds, &items, &features, &plain(&file)),
            worlds,
            features,
            parts,
            routes: Routes::of(&bytes, path),
            dependencies: Dependencies::of(&bytes),
            wit,
            no_wit,
            items,
            file: plain(&file),
        })
    }

    /// Its interface as WIT.
    ///
    /// # Errors
    /// There is none: it is no component, or has in its interface what WIT can't say.
    pub fn wit(&self) -> Result<&str, NoWit> {
        self.wit.as_deref().ok_or_else(|| NoWit {
            file: self.file.clone(),
            reason: self
                .no_wit
                .clone()
                .unwrap_or_else(|| "it is a core module, which has no types of its own".to_owned()),
        })
    }

    /// As one line of JSON.
    pub fn to_json(&self) -> String {
        #[derive(Serialize)]
        struct Line<'a> {
            reason: &'static str,
            #[serde(flatten)]
            inspection: &'a Inspection,
        }
        // Strings, numbers and lists: there is nothing in it that JSON can't say.
        let line = Line { reason: "mik-inspection", inspection: self };
        serde_json::to_string(&line).map(|json| json + "\n").unwrap_or_default()
    }
}

/// A file that has no WIT. Exit code 103.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
#[error("`{file}` has no WIT: {reason}")]
#[diagnostic(
    code(mik::encode::no_wit),
    help("`cargo mik inspect` without `--wit` tells what it is; `cargo mik build` makes components of modules")
)]
pub struct NoWit {
    file: String,
    reason: String,
}

/// The file beside a component with the names of its functions: one of the same build, as the build-ids of both say.
fn side_car(path: &Path, about: &About) -> Option<String> {
    let path = side_car_of(path);
    let build_id = about.build_id.as_ref()?;
    let of_side_car = About::of(&read_wasm(&path).ok()?).ok()?;
    (of_side_car.build_id.as_ref() == Some(build_id)).then(|| plain(&path.display().to_string()))
}

/// The custom sections of the outermost component or module, in their order.
fn own_sections(bytes: &[u8]) -> impl Iterator<Item = wasmparser::CustomSectionReader<'_>> {
    let mut depth = 0_usize;
    Parser::new(0).parse_all(bytes).map_while(Result::ok).filter_map(move |payload| match payload {
        wasmparser::Payload::ModuleSection { .. } | wasmparser::Payload::ComponentSection { .. } => {
            depth += 1;
            None
        }
        wasmparser::Payload::End(_) => {
            depth = depth.saturating_sub(1);
            None
        }
        wasmparser::Payload::CustomSection(section) if depth == 0 => Some(section),
        _ => None,
    })
}
