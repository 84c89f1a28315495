//! Whether Binaryen's `wasm-opt` takes part in optimizing, and which: `build.wasm_opt` and `MIK_WASM_OPT`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;

use super::ProjectError;
use super::decision::{Decision, Origin};
use super::environment::{Variable, variable};
use super::manifest::{Located, Manifest};
use crate::report::Reporter;

/// How long it may take for one module unless `MIK_WASM_OPT_SECS` says otherwise: some minutes for the largest there are.
const SECONDS: u64 = 300;

/// Whether `wasm-opt` takes part, and which.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WasmOpt {
    /// The one that is found, if there is one.
    #[default]
    Auto,
    /// There has to be one.
    Required,
    /// None.
    Never,
    /// This one.
    Program(PathBuf),
}

/// The same, and how long it may take.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct WasmOptSettings {
    /// Which.
    pub choice: WasmOpt,
    /// How long it may take for one module.
    #[serde(skip)]
    pub limit: Duration,
}

impl WasmOptSettings {
    /// What a flag says, or else the environment, or else nobody.
    ///
    /// # Errors
    /// A variable of the environment can't be understood.
    pub fn of_flag(flag: Option<&str>) -> Result<Self, ProjectError> {
        let here = std::env::current_dir().unwrap_or_default();
        let choice = match flag {
            Some(word) => WasmOpt::parse(word, &here),
            None => of_environment(&here)?.unwrap_or_default(),
        };
        Ok(Self { choice, limit: limit()? })
    }
}

impl WasmOpt {
    /// What a word says: that of a flag or a variable; paths are relative to the directory.
    fn parse(word: &str, directory: &Path) -> Self {
        match word {
            "auto" => Self::Auto,
            "true" | "1" => Self::Required,
            "false" | "0" => Self::Never,
            path => Self::Program(directory.join(path)),
        }
    }

    /// Whether the user wants it, and not only takes it where it is there.
    pub fn is_wanted(&self) -> bool {
        matches!(self, Self::Required | Self::Program(_))
    }

    fn in_words(&self) -> serde_json::Value {
        match self {
            Self::Auto => "auto".into(),
            Self::Required => true.into(),
            Self::Never => false.into(),
            Self::Program(path) => path.display().to_string().into(),
        }
    }
}

/// What is decided for a package: the environment, then what is written.
pub(super) fn resolve(manifest: &Manifest, reporter: &Reporter) -> Result<WasmOptSettings, ProjectError> {
    use mik_build::schema::WasmOpt as Written;

    let written = manifest.get("build.wasm_opt", |schema| schema.build.wasm_opt.as_ref(), reporter);
    let here = std::env::current_dir().unwrap_or_default();
    let (wasm_opt, origin) = match (of_environment(&here)?, written) {
        (Some(wasm_opt), _) => (wasm_opt, Origin::Environment { variable: "MIK_WASM_OPT" }),
        (None, None) => return Ok(WasmOptSettings { choice: WasmOpt::default(), limit: limit()? }),
        (None, Some(located)) => {
            let origin = located.decision().origin;
            let Located { value, file, .. } = located;
            let wasm_opt = match value {
                Written::Must(true) => WasmOpt::Required,
                Written::Must(false) => WasmOpt::Never,
                Written::Named(word) if word == "auto" => WasmOpt::Auto,
                Written::Named(path) => WasmOpt::Program(file.directory().join(path)),
            };
            (wasm_opt, origin)
        }
    };
    manifest.decisions().note("build.wasm_opt", Decision { value: wasm_opt.in_words(), origin });
    Ok(WasmOptSettings { choice: wasm_opt, limit: limit()? })
}

fn of_environment(here: &Path) -> Result<Option<WasmOpt>, ProjectError> {
    let wanted = Variable {
        name: "MIK_WASM_OPT",
        kind: "choice of `wasm-opt`",
        help: "write `auto`, `true`, `false` or the path of a `wasm-opt`, or unset it with `env -u MIK_WASM_OPT`",
    };
    variable(wanted, std::env::var_os("MIK_WASM_OPT"), |word| (!word.is_empty()).then(|| WasmOpt::parse(word, here)))
}

/// How long `wasm-opt` may take for one module: `MIK_WASM_OPT_SECS`.
fn limit() -> Result<Duration, ProjectError> {
    let limit = Variable {
        name: "MIK_WASM_OPT_SECS",
        kind: "number of seconds",
        help: "write how long `wasm-opt` may take for one module, from 1 to 86400, or unset it with \
               `env -u MIK_WASM_OPT_SECS`",
    };
    let seconds = variable(limit, std::env::var_os("MIK_WASM_OPT_SECS"), |text| {
        text.parse::<u64>().ok().filter(|seconds| (1..=86_400).contains(seconds))
    })?;
    Ok(Duration::from_secs(seconds.unwrap_or(SECONDS)))
}
