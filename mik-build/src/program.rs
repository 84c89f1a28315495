//! The command line, as a build script finds and starts it.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use crate::BuildError;

/// Where `cargo mik` says that it is to what it starts, and where whoever has it elsewhere says so.
pub const VARIABLE: &str = "CARGO_MIK";

/// Where `cargo mik` says which members of the workspace have [`MAY_COME`]: with another value, bindings are made again.
pub const HAS: &str = "CARGO_MIK_HAS";

/// What bindings are made of, and a package may get later.
pub const MAY_COME: [&str; 2] = ["mik.toml", "wit"];

/// The program.
pub(crate) struct Program {
    pub(crate) path: PathBuf,
}

impl Program {
    /// Finds it where cargo looks for subcommands: among the programs that cargo has installed, and on `PATH`.
    pub(crate) fn find() -> Result<Self, BuildError> {
        if let Some(named) = env::var_os(VARIABLE).filter(|named| !named.is_empty()).map(PathBuf::from) {
            let missing = || {
                BuildError::new(format!("{VARIABLE} is {}, and there is no such program", named.display()))
                    .help("say where the program is, or unset it and install `cargo install cargo-mik`")
            };
            return named.is_file().then(|| Self::at(named.clone())).ok_or_else(missing);
        }
        let home = env::var_os("CARGO_HOME").map(PathBuf::from);
        let home = home.or_else(|| env::home_dir().map(|home| home.join(".cargo")));
        let on_path = env::var_os("PATH").map(|path| env::split_paths(&path).collect::<Vec<_>>()).unwrap_or_default();
        let name = format!("cargo-mik{}", env::consts::EXE_SUFFIX);
        let directories = home.map(|home| home.join("bin")).into_iter().chain(on_path);
        let path = directories.map(|directory| directory.join(&name)).find(|path| path.is_file());
        path.map(Self::at).ok_or_else(|| {
            BuildError::new("`cargo mik` is not installed")
                .help(format!("install it with `cargo install cargo-mik`, or say in {VARIABLE} where the program is"))
        })
    }

    /// Wherever it is started.
    fn at(path: PathBuf) -> Self {
        Self { path: std::path::absolute(&path).unwrap_or(path) }
    }

    /// The program as cargo starts it.
    #[allow(clippy::disallowed_methods, reason = "the one program that this crate starts")]
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        command.arg("mik");
        command
    }
}
