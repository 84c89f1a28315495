//! Cargo's own configuration, as cargo reads it: files and what they include, the environment, `--config`, `--offline`.
//!
//! `cargo config get` is not stable, and cargo-config2 does not know `--config`. What can't be read or makes no sense
//! is left out: cargo itself says what is wrong with it, a moment later.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::Target;
use crate::tools::files;

/// What cargo is configured with.
#[derive(Clone, Debug, Default)]
pub struct CargoConfig {
    /// Files, the weakest first.
    files: Vec<Layer>,
    environment: BTreeMap<String, String>,
    /// Values of `--config`, the weakest first.
    typed: Vec<Layer>,
    /// `--offline` or `--frozen`.
    offline: bool,
}

#[derive(Clone, Debug)]
struct Layer {
    /// The file that it is from.
    path: Option<PathBuf>,
    table: Table,
    /// What paths in it are relative to.
    root: PathBuf,
}

impl CargoConfig {
    /// Reads what is in force for a cargo that is run from here with these arguments.
    pub fn read(arguments: &[String]) -> Self {
        let directory = std::env::current_dir().unwrap_or_default();
        let unicode = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        let environment = std::env::vars_os().filter_map(unicode).collect();
        Self::read_with(&directory, arguments, environment, cargo_config2::cargo_home_with_cwd(&directory))
    }

    /// The same with all that would come from outside.
    pub(crate) fn read_with(
        directory: &Path,
        arguments: &[String],
        environment: BTreeMap<String, String>,
        home: Option<PathBuf>,
    ) -> Self {
        let mut config = Self { environment, ..Self::default() };
        let mut paths: Vec<PathBuf> = cargo_config2::Walk::with_cargo_home(directory, home).collect();
        // It gives the nearest first, which is the strongest.
        paths.reverse();
        paths.iter().for_each(|path| read_file(path, &[], &mut config.files));

        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--offline" | "--frozen" => config.offline = true,
                "--config" => {
                    let Some(value) = arguments.next() else { break };
                    let path = directory.join(value);
                    if !value.is_empty() && path.exists() {
                        read_file(&path, &[], &mut config.typed);
                    } else if let Ok(table) = value.parse() {
                        config.typed.push(Layer { path: None, table, root: directory.to_owned() });
                    }
                }
                _ => {}
            }
        }
        config
    }

    /// A variable of the environment that this was read with.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.environment.get(name).map(String::as_str)
    }

    /// A list of flags: an array, or a string with spaces. Of arrays, all are in force, the strongest last.
    pub fn flags(&self, key: &[&str]) -> Vec<String> {
        let (mut below, mut above) = (Vec::new(), Vec::new());
        for (is_typed, layer) in self.layers() {
            match lookup(&layer.table, key) {
                // Cargo lets no string join an array or the other way round: it is one or the other.
                Some(Value::String(flags)) => {
                    below.clear();
                    above = flags.split_whitespace().map(str::to_owned).collect();
                    if !is_typed {
                        std::mem::swap(&mut below, &mut above);
                    }
                }
                Some(Value::Array(flags)) => {
                    let flags = flags.iter().filter_map(|flag| flag.as_str().map(str::to_owned));
                    if is_typed { above.extend(flags) } else { below.extend(flags) }
                }
                _ => {}
            }
        }
        let variable = self.variable(&variable_name(key)).unwrap_or_default();
        below.into_iter().chain(variable.split_whitespace().map(str::to_owned)).chain(above).collect()
    }

    /// The names below a key, such as `target`'s triples and `cfg(…)`s.
    pub fn names(&self, key: &[&str]) -> Vec<String> {
        let tables = self.layers().filter_map(|(_, layer)| lookup(&layer.table, key)?.as_table());
        let mut names: Vec<String> = tables.flat_map(Table::keys).cloned().collect();
        names.sort();
        names.dedup();
        names
    }

    /// A text: what was typed, then the environment, then the nearest file.
    pub fn string(&self, key: &[&str]) -> Option<String> {
        self.strongest(key)?.0.as_str().map(str::to_owned)
    }

    /// What the paths in cargo's `.d` files are relative to: nothing, unless `build.dep-info-basedir` says so.
    pub fn dep_info_base(&self) -> PathBuf {
        let Some((value, root)) = self.strongest(&["build", "dep-info-basedir"]) else { return PathBuf::new() };
        value.as_str().map(|path| root.join(path)).unwrap_or_default()
    }

    /// The files that were read.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.layers().filter_map(|(_, layer)| layer.path.as_deref())
    }

    /// Whether cargo is told to do without the network, in whatever way.
    pub fn is_offline(&self) -> bool {
        self.offline || matches!(self.strongest(&["net", "offline"]), Some((Value::Boolean(true), _)))
    }

    /// Whether flags for rustc say how code is optimized or stripped, for whichever target.
    pub(super) fn shapes_code(&self) -> bool {
        let variables = ["CARGO_ENCODED_RUSTFLAGS", "RUSTFLAGS"].into_iter().filter_map(|name| self.variable(name));
        let targets = self.names(&["target"]).into_iter().flat_map(|name| self.flags(&["target", &name, "rustflags"]));
        let mut flags =
            variables.map(|flags| flags.to_string()).chain(self.flags(&["build", "rustflags"])).chain(targets);
        flags.any(|flags| ["opt-level", "-O", "lto", "strip", "mir"].iter().any(|word| flags.contains(word)))
    }

    /// What is compiled for, where that is a target that yields components. Any other is meant for another program
    /// than a handler.
    pub fn target(&self) -> Option<Target> {
        match self.strongest(&["build", "target"])?.0 {
            Value::String(name) => Target::from_name(&name),
            Value::Array(names) => match names.as_slice() {
                [Value::String(name)] => Target::from_name(name),
                _ => None,
            },
            _ => None,
        }
    }

    /// The compiler, where it is not the `rustc` on PATH.
    pub fn rustc(&self) -> Option<PathBuf> {
        if let Some(name) = self.variable("RUSTC").filter(|name| !name.is_empty()) {
            return Some(PathBuf::from(name));
        }
        let (value, root) = self.strongest(&["build", "rustc"])?;
        let name = value.as_str()?;
        // A bare name is looked for on PATH.
        Some(if Path::new(name).components().count() > 1 { root.join(name) } else { PathBuf::from(name) })
    }

    /// Directories that stand for a source of packages, as `cargo vendor` makes them, and the names of those sources.
    pub fn vendored(&self) -> Vec<(PathBuf, String)> {
        let directory = |name: String| {
            let (value, root) = self.strongest(&["source", name.as_str(), "directory"])?;
            Some((root.join(value.as_str()?), name))
        };
        self.names(&["source"]).into_iter().filter_map(directory).collect()
    }

    /// The `profile` tables, the weakest first.
    pub(super) fn profiles(&self) -> impl Iterator<Item = &Table> {
        self.layers().filter_map(|(_, layer)| layer.table.get("profile")?.as_table())
    }

    /// Every table, the weakest first, and whether it was typed.
    fn layers(&self) -> impl DoubleEndedIterator<Item = (bool, &Layer)> {
        self.files.iter().map(|layer| (false, layer)).chain(self.typed.iter().map(|layer| (true, layer)))
    }

    /// The value that wins, and what paths in it are relative to.
    fn strongest<'a>(&'a self, key: &[&str]) -> Option<(Value, &'a Path)> {
        let found = |layers: &'a [Layer]| {
            layers.iter().rev().find_map(|layer| Some((lookup(&layer.table, key)?.clone(), layer.root.as_path())))
        };
        let environment = || {
            let text = self.variable(&variable_name(key))?;
            let value = text.parse().map_or_else(|_| Value::String(text.to_owned()), Value::Boolean);
            Some((value, Path::new("")))
        };
        found(&self.typed).or_else(environment).or_else(|| found(&self.files))
    }
}

/// The variable that sets a key: `net.offline` is `CARGO_NET_OFFLINE`.
pub(super) fn variable_name(key: &[&str]) -> String {
    format!("CARGO_{}", key.join("_").to_uppercase().replace(['-', '.'], "_"))
}

fn lookup<'a>(table: &'a Table, key: &[&str]) -> Option<&'a Value> {
    let (last, above) = key.split_last()?;
    above.iter().try_fold(table, |table, name| table.get(*name)?.as_table())?.get(*last)
}

/// Reads a file after those that it includes: it is stronger than they. It is itself included by `above`.
fn read_file(path: &Path, above: &[&Path], layers: &mut Vec<Layer>) {
    let (Ok(text), Some(directory)) = (files::read_to_string(path), path.parent()) else { return };
    // One that makes no sense says nothing; but it was read.
    let table = text.parse::<Table>().unwrap_or_default();
    let above: Vec<&Path> = above.iter().copied().chain([path]).collect();
    for include in table.get("include").and_then(Value::as_array).into_iter().flatten() {
        let Some(name) = include.as_str().or_else(|| include.get("path")?.as_str()) else { continue };
        let included = directory.join(name);
        // Cargo refuses a circle.
        if !above.contains(&included.as_path()) {
            read_file(&included, &above, layers);
        }
    }
    // Cargo takes paths as seen from the directory that holds `.cargo`, whatever that one is really called.
    let root = directory.parent().unwrap_or(directory).to_owned();
    layers.push(Layer { path: Some(path.to_owned()), table, root });
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Case {
        directory: tempfile::TempDir,
        environment: BTreeMap<String, String>,
    }

    impl Case {
        fn new(config: &str) -> Self {
            let directory = tempfile::tempdir().unwrap();
            let case = Self { directory, environment: BTreeMap::new() };
            case.write(".cargo/config.toml", config);
            case
        }

        fn write(&self, path: &str, text: &str) {
            files::write(&self.directory.path().join(path), text.as_bytes()).unwrap();
        }

        fn with(mut self, name: &str, value: &str) -> Self {
            self.environment.insert(name.to_owned(), value.to_owned());
            self
        }

        fn read(&self, arguments: &[&str]) -> CargoConfig {
            let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
            CargoConfig::read_with(self.directory.path(), &arguments, self.environment.clone(), None)
        }
    }

    const FLAGS: [&str; 2] = ["build", "rustflags"];

    #[test]
    fn arrays_are_joined_and_a_string_gives_way() {
        let case = Case::new("build.rustflags = ['-Ca']").with("CARGO_BUILD_RUSTFLAGS", "-Cb");
        let typed = case.read(&["--config", "build.rustflags=['-Cc']", "--config", "build.rustflags=['-Cd']"]);
        assert_eq!(typed.flags(&FLAGS), ["-Ca", "-Cb", "-Cc", "-Cd"]);
        let case = Case::new("build.rustflags = '-Ca'").with("CARGO_BUILD_RUSTFLAGS", "-Cb");
        assert_eq!(case.read(&[]).flags(&FLAGS), ["-Ca", "-Cb"]);
        assert_eq!(case.read(&["--config", "build.rustflags='-Cc'"]).flags(&FLAGS), ["-Cb", "-Cc"]);
    }

    #[test]
    fn files_are_read_by_path_and_through_include() {
        let case = Case::new("include = ['one.toml', { path = 'two.toml' }]\nbuild.rustflags = ['-Cc']");
        case.write(".cargo/one.toml", "build.rustflags = ['-Ca']");
        case.write(".cargo/two.toml", "build.rustflags = ['-Cb']\ninclude = ['config.toml']");
        case.write("typed.toml", "build.rustflags = ['-Cd']");
        let flags = case.read(&["--config", "typed.toml"]).flags(&FLAGS);
        assert_eq!(flags, ["-Ca", "-Cb", "-Cc", "-Cd"]);
    }

    #[test]
    fn offline_in_whatever_way_it_is_said() {
        let online = Case::new("");
        assert!(!online.read(&[]).is_offline());
        assert!(online.read(&["--offline"]).is_offline());
        assert!(online.read(&["--frozen"]).is_offline());
        assert!(online.read(&["--config", "net.offline=true"]).is_offline());
        assert!(Case::new("").with("CARGO_NET_OFFLINE", "true").read(&[]).is_offline());
        let file = Case::new("net.offline = true");
        assert!(file.read(&[]).is_offline());
        let file = file.with("CARGO_NET_OFFLINE", "false");
        assert!(!file.read(&[]).is_offline(), "the environment is stronger than a file");
        assert!(file.read(&["--config", "net.offline=true"]).is_offline(), "and what is typed stronger than both");
    }

    #[test]
    fn only_a_target_of_components_is_a_target() {
        assert_eq!(Case::new("build.target = 'wasm32-wasip1'").read(&[]).target(), Some(Target::Wasip1));
        assert_eq!(Case::new("build.target = ['wasm32-wasip1']").read(&[]).target(), Some(Target::Wasip1));
        assert_eq!(Case::new("build.target = 'x86_64-unknown-linux-gnu'").read(&[]).target(), None);
        let case = Case::new("build.target = 'wasm32-wasip1'").with("CARGO_BUILD_TARGET", "wasm32-unknown-unknown");
        assert_eq!(case.read(&[]).target(), Some(Target::Unknown));
    }

    #[test]
    fn paths_are_meant_from_beside_the_directory_of_the_file() {
        let text =
            "source.crates-io.replace-with = 'mine'\nsource.mine.directory = 'vendor'\nbuild.rustc = 'bin/rustc'";
        let case = Case::new(text);
        let root = case.directory.path();
        assert_eq!(case.read(&[]).vendored(), [(root.join("vendor"), "mine".to_owned())]);
        assert_eq!(case.read(&[]).rustc(), Some(root.join("bin/rustc")));
        assert_eq!(Case::new("build.rustc = 'mine'").read(&[]).rustc(), Some(PathBuf::from("mine")));
        assert_eq!(Case::new(text).with("RUSTC", "/r").read(&[]).rustc(), Some(PathBuf::from("/r")));
    }
}
