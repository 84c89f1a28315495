//! One package: what is built of it, for which target, how it is shrunk, and what it is composed with.

use std::path::PathBuf;

use serde::Serialize;

use super::decision::{Decision, Origin};
use super::manifest::{Located, Manifest};
use super::{
    About, BuildArguments, CargoConfig, Declared, Profile, ProjectError, TargetChoice, Unit, WasmOptSettings, identity,
    wasm_opt,
};
use crate::report::Reporter;

/// A package that yields components.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What it says of itself.
    pub about: About,
    /// Cargo's package ID, as its messages spell it.
    pub id: String,
    /// Its manifest.
    pub manifest_path: PathBuf,
    /// What it is compiled for.
    pub target: TargetChoice,
    /// What it is optimized for.
    pub optimize: Optimize,
    /// What becomes of panics where it is optimized.
    pub panic: Panic,
    /// Whether components carry the list of what they are compiled from.
    pub auditable: bool,
    /// Whether `wasm-opt` takes part where it is optimized.
    pub wasm_opt: WasmOptSettings,
    /// How many bytes each of its components may have.
    pub max_size: Option<u64>,
    /// Whether it is composed with the bridge, and with which.
    pub composition: Composition,
    /// Whether dependencies are plugged into what they fit, where nobody has said into what.
    pub plug: bool,
    /// The components that it yields.
    pub units: Vec<Unit>,
    /// What flags may name of it.
    #[serde(skip)]
    pub declared: Declared,
    /// The configuration that all this follows from, and the server's settings will.
    #[serde(skip)]
    pub manifest: Manifest,
}

impl Package {
    /// Whether it is a project of cargo-component's: it has `[package.metadata.component]`.
    pub fn is_of_cargo_component(&self) -> bool {
        self.manifest.package().is_some_and(|package| package.is_component)
    }
}

/// What a build optimizes for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Optimize {
    /// Nothing: the profile as it is; names and debug information are kept.
    None,
    /// The fewest bytes.
    Size,
    /// The fewest instructions.
    Speed,
}

impl Optimize {
    /// The name as `build.optimize` takes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Size => "size",
            Self::Speed => "speed",
        }
    }
}

/// What becomes of panics in components that are optimized.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Panic {
    /// They say what happened, and trap.
    #[default]
    Message,
    /// They trap, and what only formats their messages is cut out.
    Trap,
}

/// Whether to compose with a bridge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "when")]
pub enum Composition {
    /// Where the component exports `mik:core/handler`.
    WhereExported {
        /// With which.
        bridge: Bridge,
    },
    /// Where it exports it; whatever else it is for is no error.
    IfExported {
        /// With which.
        bridge: Bridge,
    },
    /// Always: that the component does not export it is an error.
    Always {
        /// With which.
        bridge: Bridge,
    },
    /// Never.
    Never,
}

impl Composition {
    /// The bridge that it may be composed with.
    pub fn bridge(&self) -> Option<&Bridge> {
        match self {
            Self::WhereExported { bridge } | Self::IfExported { bridge } | Self::Always { bridge } => Some(bridge),
            Self::Never => None,
        }
    }
}

/// A bridge: a component that imports `mik:core/handler` and exports `wasi:http/incoming-handler`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bridge {
    /// The one in this program.
    Embedded,
    /// A file.
    File(PathBuf),
}

/// Resolves one selected package.
pub(super) fn resolve(
    package: &cargo_metadata::Package,
    units: Vec<Unit>,
    arguments: &BuildArguments,
    config: &CargoConfig,
    profile: &Profile,
    reporter: &Reporter,
) -> Result<Package, ProjectError> {
    let manifest_path = package.manifest_path.clone().into_std_path_buf();
    let manifest = Manifest::read(&manifest_path, reporter)?;
    let version = package.version.to_string();
    identity::of_package(&manifest, &package.name, Some(&version), package.description.as_deref(), reporter);
    Ok(Package {
        name: package.name.to_string(),
        version,
        about: About::of(package),
        id: package.id.repr.clone(),
        target: target(&manifest, arguments, config, reporter)?,
        optimize: optimize(&manifest, profile, reporter),
        panic: panic(&manifest, reporter),
        wasm_opt: wasm_opt::resolve(&manifest, reporter)?,
        auditable: manifest
            .get("build.auditable", |schema| schema.build.auditable.as_ref(), reporter)
            .is_some_and(|located| located.value),
        max_size: manifest
            .get("build.max_size", |schema| schema.build.max_size.as_ref(), reporter)
            .map(|located| located.value.get()),
        composition: composition(&manifest, reporter)?,
        plug: manifest
            .get("composition.plug", |schema| schema.composition.plug.as_ref(), reporter)
            .is_none_or(|located| located.value),
        units,
        declared: Declared::of(package),
        manifest_path,
        manifest,
    })
}

/// The flag, then what is written for `cargo mik`, then cargo's own setting, which may be meant for other programs.
fn target(
    manifest: &Manifest,
    arguments: &BuildArguments,
    config: &CargoConfig,
    reporter: &Reporter,
) -> Result<TargetChoice, ProjectError> {
    let written = manifest.get("build.target", |schema| schema.build.target.as_ref(), reporter);
    let decide = |target: TargetChoice, origin| {
        manifest.decisions().note("build.target", Decision { value: target.name().into(), origin });
        Ok(target)
    };
    match (arguments.target, written) {
        (Some(typed), _) => decide(typed, Origin::Flag { flag: "--target" }),
        (None, None) => match config.target() {
            Some(target) => decide(TargetChoice::One(target), Origin::Cargo),
            None => Ok(TargetChoice::default()),
        },
        (None, Some(Located { value, file, span })) => TargetChoice::from_name(&value)
            .ok_or_else(|| ProjectError::UnknownTarget { name: value, source_code: file.named_source(), at: span }),
    }
}

fn optimize(manifest: &Manifest, profile: &Profile, reporter: &Reporter) -> Optimize {
    use mik_build::schema::Optimize as Written;
    match manifest.get("build.optimize", |schema| schema.build.optimize.as_ref(), reporter) {
        Some(Located { value: Written::None, .. }) => Optimize::None,
        Some(Located { value: Written::Size, .. }) => Optimize::Size,
        Some(Located { value: Written::Speed, .. }) => Optimize::Speed,
        None => {
            let optimize = if profile.is_release { Optimize::Size } else { Optimize::None };
            let origin = Origin::Profile { profile: profile.name.clone() };
            manifest.decisions().note("build.optimize", Decision { value: optimize.name().into(), origin });
            optimize
        }
    }
}

fn panic(manifest: &Manifest, reporter: &Reporter) -> Panic {
    use mik_build::schema::Panic as Written;
    match manifest.get("build.panic", |schema| schema.build.panic.as_ref(), reporter) {
        Some(Located { value: Written::Trap, .. }) => Panic::Trap,
        Some(Located { value: Written::Message, .. }) | None => Panic::Message,
    }
}

fn composition(manifest: &Manifest, reporter: &Reporter) -> Result<Composition, ProjectError> {
    let bridge = match manifest.get("composition.bridge", |schema| schema.composition.bridge.as_ref(), reporter) {
        None => Bridge::Embedded,
        Some(Located { value, file, span }) => {
            let path = file.directory().join(&value);
            if !path.is_file() {
                return Err(ProjectError::NoBridge { path, source_code: file.named_source(), at: span });
            }
            Bridge::File(path)
        }
    };
    let http_handler =
        manifest.get("composition.http_handler", |schema| schema.composition.http_handler.as_ref(), reporter);
    Ok(match http_handler.map(|located| located.value) {
        // Those of cargo-component's may be for anything.
        None if manifest.package().is_some_and(|package| package.is_component) => Composition::IfExported { bridge },
        None => Composition::WhereExported { bridge },
        Some(true) => Composition::Always { bridge },
        Some(false) => Composition::Never,
    })
}
