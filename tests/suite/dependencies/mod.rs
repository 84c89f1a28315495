//! What a project depends on: declared, found, pinned, fetched, and nothing of it half.

mod bound;
mod built;
pub(crate) mod commands;
mod git;
mod interruption;
mod packages;
mod path;
mod registry;
mod url;
mod wrong;

use std::path::PathBuf;
use std::process::Command;

use mik_tests::{Output, Program};
use serde_json::Value;
use tempfile::TempDir;

/// A component that exports an interface. Its number makes its bytes other ones; it is as long as is wanted.
fn component(number: u32, length: usize) -> Vec<u8> {
    let text = format!(
        "(component (instance $i) (export \"shop:db/query@1.0.{number}\" (instance $i)) (@custom \"rest\" \"{}\"))",
        "x".repeat(length)
    );
    wat::parse_str(text).unwrap()
}

/// A project with a cache of its own. It is configured by `mik.toml` alone, so that no cargo has to be asked.
struct Shop {
    root: TempDir,
    cache: TempDir,
}

impl Shop {
    fn new(mik_toml: &str) -> Self {
        let shop = Self { root: tempfile::tempdir().unwrap(), cache: tempfile::tempdir().unwrap() };
        shop.write("mik.toml", mik_toml);
        shop
    }

    /// The same with cargo: a package that builds a component, and no `mik.toml`.
    fn with_cargo(more: &str) -> Self {
        let shop = Self::new("");
        fs_err::remove_file(shop.path("mik.toml")).unwrap();
        shop.write("Cargo.toml", format!("{}{more}", package("shop")));
        shop.write("src/lib.rs", "");
        shop
    }

    fn path(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, content).unwrap();
    }

    fn read(&self, path: &str) -> String {
        fs_err::read_to_string(self.path(path)).unwrap()
    }

    fn has(&self, path: &str) -> bool {
        self.path(path).exists()
    }

    fn command(&self, arguments: &str) -> Command {
        let mut command = Program::without_targets();
        command
            .args(arguments.split_whitespace())
            .current_dir(self.root.path())
            .env("MIK_CACHE_DIR", self.cache.path());
        // Nothing of the user's own configuration takes part.
        command.env("XDG_CONFIG_HOME", self.path(".config"));
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
        command
    }

    fn run(&self, arguments: &str) -> Output {
        Program::run(&mut self.command(arguments))
    }

    /// What a command says to programs.
    fn json(&self, arguments: &str) -> Vec<Value> {
        let output = self.run(&format!("{arguments} --json")).ok();
        output.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The files of components in the store.
    fn stored(&self) -> Vec<PathBuf> {
        let entries = fs_err::read_dir(self.cache.path().join("components")).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|it| it == "wasm")).collect()
    }

    /// Forgets all that was fetched.
    fn forget(&self) {
        for entry in fs_err::read_dir(self.cache.path()).unwrap() {
            fs_err::remove_dir_all(entry.unwrap().path()).unwrap();
        }
    }
}

fn package(name: &str) -> String {
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[lib]\ncrate-type = [\"cdylib\"]\n"
    )
}
