//! A component that a build script has built for the program that it is part of.

mod build;
mod environment;
mod error;
mod inputs;

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use error::ComponentError;

use crate::BuildError;
use crate::program::Program;

/// Where below `OUT_DIR` a component is compiled. Short, since what is compiled has long names, and some systems allow no long paths.
const TARGET_DIRECTORY: &str = "mik";

/// Starts building a handler's component, in a build script.
///
/// `path` is the handler's directory, or its Cargo.toml; a relative one is relative to the package's directory whose build script
/// runs. Nothing is done before [`ComponentBuilder::build`].
///
/// ```no_run
/// fn main() -> Result<(), mik_build::BuildError> {
///     mik_build::component("../hello").build()?;
///     Ok(())
/// }
/// ```
///
/// The program then has the component as `include_bytes!(env!("MIK_COMPONENT_HELLO"))`.
pub fn component(path: impl AsRef<Path>) -> ComponentBuilder {
    ComponentBuilder {
        path: path.as_ref().to_owned(),
        package: None,
        profile: None,
        flags: Vec::new(),
        environment: Vec::new(),
        env_name: None,
    }
}

/// How a component is built.
#[derive(Clone, Debug)]
#[must_use = "nothing is built before `build` is called"]
pub struct ComponentBuilder {
    path: PathBuf,
    package: Option<String>,
    profile: Option<String>,
    flags: Vec<OsString>,
    environment: Vec<(OsString, OsString)>,
    env_name: Option<String>,
}

impl ComponentBuilder {
    /// Which package of the workspace, where there are several handlers.
    pub fn package(mut self, name: impl Into<String>) -> Self {
        self.package = Some(name.into());
        self
    }

    /// With which profile of the handler's workspace.
    ///
    /// By default the component follows the program that it becomes part of: `release` where cargo gives the build script
    /// `PROFILE=release`, which stands for every profile that inherits from it, and `dev` else. So a debug build of the program does not
    /// wait for a small component, and a release build never ships a large one.
    pub fn profile(mut self, name: impl Into<String>) -> Self {
        self.profile = Some(name.into());
        self
    }

    /// With the release profile, however the program itself is built.
    pub fn release(self) -> Self {
        self.profile("release")
    }

    /// With these features of the handler's.
    pub fn features<S: AsRef<str>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        for name in names {
            self = self.args(["--features", name.as_ref()]);
        }
        self
    }

    /// With all features of the handler's.
    pub fn all_features(self) -> Self {
        self.arg("--all-features")
    }

    /// Without the handler's `default` feature.
    pub fn no_default_features(self) -> Self {
        self.arg("--no-default-features")
    }

    /// Fails where `Cargo.lock` or `mik.lock` of the handler would change. Cargo does not tell build scripts whether it was given
    /// `--locked` itself.
    pub fn locked(self) -> Self {
        self.arg("--locked")
    }

    /// Without the network. Cargo does not tell build scripts whether it was given `--offline` itself; `CARGO_NET_OFFLINE` and
    /// `net.offline` are in force for both.
    pub fn offline(self) -> Self {
        self.arg("--offline")
    }

    /// With another argument of `cargo mik build`.
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.flags.push(argument.as_ref().to_owned());
        self
    }

    /// With more arguments of `cargo mik build`.
    pub fn args<S: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = S>) -> Self {
        self.flags.extend(arguments.into_iter().map(|argument| argument.as_ref().to_owned()));
        self
    }

    /// With a variable in the environment of the handler's build. What cargo gives the build script of the program, `RUSTFLAGS` with it,
    /// is not in it; all else is.
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.environment.push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Which variable the program finds the component's path in, by `env!`. By default `MIK_COMPONENT_` and the component's name, in
    /// capitals with `_` for all that is no letter and no digit.
    pub fn env_name(mut self, name: impl Into<String>) -> Self {
        self.env_name = Some(name.into());
        self
    }

    /// Builds the component with `cargo mik build`, in a target directory of its own below `OUT_DIR`, so that it waits for no lock of the
    /// build that this is part of.
    ///
    /// Tells cargo the component's path, as a variable for `env!`, and of which files it was made: the build script is run again when one of
    /// them changes. What the compiler says goes to standard error.
    ///
    /// # Errors
    /// `cargo mik` is not there, the component can't be built, or it is not clear which one is meant. The build script is run again
    /// the next time, whether it fails or goes on without the component.
    pub fn build(self) -> Result<Component, BuildError> {
        let out_dir = PathBuf::from(environment::given("OUT_DIR")?);
        self.build_in(&out_dir).inspect_err(|_| inputs::always(&out_dir))
    }

    fn build_in(self, out_dir: &Path) -> Result<Component, BuildError> {
        let directory = self.directory()?;
        let way = environment::way(&directory, self.package.as_deref())?;
        let program = Program::find()?;
        let profile = match self.profile {
            Some(profile) => profile,
            None if environment::given("PROFILE")? == "release" => "release".to_owned(),
            None => "dev".to_owned(),
        };

        let mut command = program.command();
        // As if it were typed there: cargo reads its configuration from where it is started.
        command.current_dir(&directory);
        environment::clear(&mut command);
        let target_directory = out_dir.join(TARGET_DIRECTORY);
        environment::keep_apart(&mut command, &target_directory);
        command.env(environment::WAY, way).envs(self.environment);
        command
            .args(["build", "--message-format", "json", "--profile", &profile, "--target-dir"])
            .arg(&target_directory);
        command.args(self.package.iter().flat_map(|package| ["--package", package])).args(self.flags);
        let mut made = build::run(&program, &mut command, &directory)?;
        let artifact = match (made.pop(), made.as_slice()) {
            (Some(artifact), []) => artifact,
            (None, _) => return Err(ComponentError::Nothing { directory }.into()),
            (Some(last), others) => {
                let names = others.iter().chain([&last]).map(|artifact| artifact.package.clone()).collect();
                return Err(ComponentError::Several { directory, names }.into());
            }
        };

        let env_name = self.env_name.unwrap_or_else(|| environment::name_for(&artifact.name));
        // In a place of its own: another project may have a component of this name. What is the same keeps its time, and nothing is
        // compiled again for it.
        let path = out_dir.join(format!("{env_name}.wasm"));
        inputs::copy(&artifact.path, &path)?;
        let component = Component { path, name: artifact.name, env_name };
        inputs::tell(&component, &artifact.path, &program)?;
        Ok(component)
    }

    /// The directory that the handler is in.
    fn directory(&self) -> Result<PathBuf, ComponentError> {
        let path = Path::new(&environment::given("CARGO_MANIFEST_DIR")?).join(&self.path);
        let is_manifest = path.file_name().is_some_and(|name| name == "Cargo.toml");
        let directory = if is_manifest { path.parent().map(Path::to_owned) } else { Some(path.clone()) };
        let directory = directory.filter(|directory| directory.join("Cargo.toml").is_file());
        directory.map(plain).ok_or(ComponentError::NoProject { path })
    }
}

/// A path without `..`, as it can be shown; as it is where the system has another way to write such paths.
fn plain(path: PathBuf) -> PathBuf {
    match path.canonicalize() {
        Ok(real) if !real.as_os_str().as_encoded_bytes().starts_with(br"\\?\") => real,
        _ => path,
    }
}

/// A component that was built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Component {
    path: PathBuf,
    name: String,
    env_name: String,
}

impl Component {
    /// Where it is: below `OUT_DIR`.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The variable that the program finds the path in, by `env!`.
    pub fn env_name(&self) -> &str {
        &self.env_name
    }
}
