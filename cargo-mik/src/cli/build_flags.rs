//! Cargo's own flags, as `build`, `serve` and `plan` take them.

use std::path::PathBuf;

use clap::Args;
use miette::Diagnostic;
use thiserror::Error;

use crate::project::{BuildArguments, Target, TargetChoice};

/// Cargo's flags: which packages, which features, which profile, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
pub(super) struct BuildFlags {
    /// Package to build (see `cargo help pkgid`)
    #[arg(short, long, value_name = "SPEC", help_heading = "Package Selection")]
    package: Vec<String>,
    /// Build every handler of the workspace
    #[arg(long, visible_alias = "all", help_heading = "Package Selection")]
    workspace: bool,
    /// Exclude packages
    #[arg(long, value_name = "SPEC", requires = "workspace", help_heading = "Package Selection")]
    exclude: Vec<String>,

    /// Build only the library
    #[arg(long, help_heading = "Target Selection")]
    lib: bool,
    /// Build an example that is a cdylib
    #[arg(long, value_name = "NAME", help_heading = "Target Selection")]
    example: Vec<String>,
    /// Build every example that is a cdylib
    #[arg(long, help_heading = "Target Selection")]
    examples: bool,
    /// Build a binary as well
    #[arg(long, value_name = "NAME", help_heading = "Target Selection")]
    bin: Vec<String>,
    /// Build all binaries as well
    #[arg(long, help_heading = "Target Selection")]
    bins: bool,

    /// Features to activate, separated by spaces or commas
    #[arg(short = 'F', long, value_name = "FEATURES", help_heading = "Feature Selection")]
    features: Vec<String>,
    /// Activate all features
    #[arg(long, help_heading = "Feature Selection")]
    all_features: bool,
    /// Do not activate the `default` feature
    #[arg(long, help_heading = "Feature Selection")]
    no_default_features: bool,

    /// Build small and fast, with the release profile
    #[arg(short, long, conflicts_with = "profile", help_heading = "Compilation Options")]
    release: bool,
    /// Build with a profile
    #[arg(long, value_name = "PROFILE-NAME", help_heading = "Compilation Options")]
    profile: Option<String>,
    /// wasm32-wasip2, wasm32-unknown-unknown, wasm32-wasip1, or auto: the smallest that has what is used
    #[arg(long, value_name = "TRIPLE", value_parser = target_choice, help_heading = "Compilation Options")]
    target: Option<TargetChoice>,
    /// Number of parallel jobs
    #[arg(short, long, value_name = "N", allow_hyphen_values = true, help_heading = "Compilation Options")]
    jobs: Option<String>,
    /// Do not stop at the first failure
    #[arg(long, help_heading = "Compilation Options")]
    keep_going: bool,
    /// Directory for all that is generated
    #[arg(long, value_name = "DIRECTORY", help_heading = "Compilation Options")]
    target_dir: Option<PathBuf>,
    /// Report how long compilation took, as an HTML page
    #[arg(long, help_heading = "Compilation Options")]
    timings: bool,
    /// Output a report of future incompatibilities
    #[arg(long, help_heading = "Compilation Options")]
    future_incompat_report: bool,

    /// Path to Cargo.toml
    #[arg(long, value_name = "PATH", help_heading = "Manifest Options")]
    manifest_path: Option<PathBuf>,
    /// Ignore `rust-version` of packages
    #[arg(long, help_heading = "Manifest Options")]
    ignore_rust_version: bool,
    /// Fail where Cargo.lock would change
    #[arg(long, help_heading = "Manifest Options")]
    locked: bool,
    /// Do not use the network
    #[arg(long, help_heading = "Manifest Options")]
    offline: bool,
    /// `--locked` and `--offline`
    #[arg(long, help_heading = "Manifest Options")]
    frozen: bool,
    /// Override a cargo configuration value
    #[arg(long, value_name = "KEY=VALUE|PATH", help_heading = "Manifest Options")]
    config: Vec<String>,
    /// Unstable flags of a nightly cargo
    #[arg(short = 'Z', value_name = "FLAG", help_heading = "Manifest Options")]
    unstable: Vec<String>,
}

impl BuildFlags {
    /// The same, in release where no profile is named.
    pub(super) fn or_release(self) -> Self {
        Self { release: self.release || self.profile.is_none(), ..self }
    }

    /// What is looked at: a file, or else what these flags build, in the directory that is named.
    ///
    /// # Errors
    /// A file is named and flags as well, which would do nothing.
    pub(super) fn or_file(self, path: Option<PathBuf>) -> Result<(Option<PathBuf>, Self), FlagsOfABuild> {
        match path {
            Some(directory) if directory.is_dir() => {
                Ok((None, Self { manifest_path: Some(directory.join("Cargo.toml")), ..self }))
            }
            Some(path) if self != Self::default() => Err(FlagsOfABuild { path }),
            path => Ok((path, self)),
        }
    }
}

/// A file that is there, and flags for making it.
#[derive(Debug, Error, Diagnostic)]
#[error("a flag says what to build, but `{}` is looked at as it is", path.display())]
#[diagnostic(
    code(mik::cli::flags_of_a_build),
    help("leave the flag out, or the file: without one, the project is built")
)]
pub(super) struct FlagsOfABuild {
    path: PathBuf,
}

fn target_choice(name: &str) -> Result<TargetChoice, String> {
    TargetChoice::from_name(name).ok_or_else(|| {
        format!("the targets of components are {}, and `auto` takes one", Target::ALL.map(Target::name).join(", "))
    })
}

pub(super) fn target(name: &str) -> Result<Target, String> {
    let names = || Target::ALL.map(Target::name).join(", ");
    Target::from_name(name).ok_or_else(|| format!("the targets of components are {}", names()))
}

impl From<BuildFlags> for BuildArguments {
    fn from(flags: BuildFlags) -> Self {
        // Taken apart in full, so that a new flag can't be forgotten.
        let BuildFlags {
            package,
            workspace,
            exclude,
            lib,
            example,
            examples,
            bin,
            bins,
            features,
            all_features,
            no_default_features,
            release,
            profile,
            target,
            jobs,
            keep_going,
            target_dir,
            timings,
            future_incompat_report,
            manifest_path,
            ignore_rust_version,
            locked,
            offline,
            frozen,
            config,
            unstable,
        } = flags;

        let mut shared = Typed::default();
        shared.switch("--locked", locked);
        shared.switch("--offline", offline);
        shared.switch("--frozen", frozen);
        shared.each("--config", config);
        shared.each("-Z", unstable);
        let metadata_arguments = shared.0;

        let mut typed = Typed(metadata_arguments.clone());
        typed.each("--bin", bin);
        typed.switch("--bins", bins);
        typed.each("--features", features);
        typed.switch("--all-features", all_features);
        typed.switch("--no-default-features", no_default_features);
        typed.each("--jobs", jobs);
        typed.switch("--keep-going", keep_going);
        typed.switch("--timings", timings);
        typed.switch("--future-incompat-report", future_incompat_report);
        typed.switch("--ignore-rust-version", ignore_rust_version);

        Self {
            manifest_path,
            packages: package,
            workspace,
            exclude,
            lib,
            examples: example,
            all_examples: examples,
            profile: profile.unwrap_or_else(|| if release { "release" } else { "dev" }.to_owned()),
            target,
            target_directory: target_dir,
            metadata_arguments,
            pass_through: typed.0,
        }
    }
}

/// Flags as they go on a command line.
#[derive(Default)]
struct Typed(Vec<String>);

impl Typed {
    fn switch(&mut self, name: &str, on: bool) {
        if on {
            self.0.push(name.to_owned());
        }
    }

    fn each(&mut self, name: &str, values: impl IntoIterator<Item = String>) {
        for value in values {
            self.0.extend([name.to_owned(), value]);
        }
    }
}
