//! The packages that a component was compiled from, where it says so: the list that cargo-auditable, and `build.auditable`,
//! write.

use std::io::Read as _;
use std::str::FromStr as _;

use auditable_serde::{DependencyKind, VersionInfo};
use flate2::read::ZlibDecoder;
use serde::Serialize;
use wasmparser::{Parser, Payload};

use super::{ITEMS_MOST, plain};

/// The largest list that is read, as JSON, in bytes: that of cargo-auditable's own tools.
const JSON_MOST: u64 = 8 << 20;

/// The packages, by name and version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Dependencies {
    pub(super) packages: Vec<Package>,
}

/// One package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) version: String,
    /// `crates.io`, `registry`, `git` or `local`.
    pub(super) source: String,
    /// `runtime`, or `build` for what only ran while it was compiled.
    pub(super) kind: &'static str,
    /// Whether it is the component's own.
    pub(super) root: bool,
    /// What it needs, as places in the list.
    pub(super) dependencies: Vec<usize>,
}

impl Dependencies {
    /// The first list in a file, wherever it lies: cargo-auditable has it in the core module. One that is damaged is none.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        let data = Parser::new(0).parse_all(bytes).map_while(Result::ok).find_map(|payload| match payload {
            Payload::CustomSection(section) if section.name() == ".dep-v0" => Some(section.data()),
            _ => None,
        })?;
        let mut json = Vec::new();
        ZlibDecoder::new(data).take(JSON_MOST + 1).read_to_end(&mut json).ok()?;
        if json.len() as u64 > JSON_MOST {
            return None;
        }
        let list = VersionInfo::from_str(std::str::from_utf8(&json).ok()?).ok()?;
        let packages = list.packages.into_iter().take(ITEMS_MOST).map(|package| Package {
            name: plain(&package.name),
            version: plain(&package.version.to_string()),
            source: plain(&String::from(package.source)),
            kind: if package.kind == DependencyKind::Build { "build" } else { "runtime" },
            root: package.root,
            dependencies: package.dependencies,
        });
        Some(Self { packages: packages.collect() })
    }
}
