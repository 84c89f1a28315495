//! A server under measurement: started, found by what it says, ended with the value.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;

use crate::Outcome;
use crate::programs::{Programs, Wasmtime};

/// A running server.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
}

/// How it is to serve.
#[derive(Clone, Copy)]
pub(crate) enum Reuse {
    /// A fresh instance for each request: the default of both.
    Never,
    /// An instance answers so many requests.
    UpTo(u32),
}

impl Server {
    /// Starts ours, configured by the `mik.toml` of `directory`.
    pub(crate) fn mik(programs: &Programs, served: &Path, directory: &Path) -> Outcome<Self> {
        let mut command = Command::new(&programs.mik);
        command.args(["run", "--quiet", "--port", "0"]).arg(served).current_dir(directory);
        Self::start(command.env("MIK_CACHE_DIR", directory.join("cache")))
    }

    /// Starts the other one, with a cache of its own in `directory`.
    pub(crate) fn wasmtime(programs: &Programs, reuse: Reuse, directory: &Path) -> Outcome<Self> {
        let Wasmtime { path, is_mik, .. } = &programs.wasmtime;
        if *is_mik {
            return Self::mik(programs, &programs.component, directory);
        }
        let mut command = Command::new(path);
        command.args(["serve", "--addr", "127.0.0.1:0", "-S", "cli=y"]);
        if let Reuse::UpTo(count) = reuse {
            command.args(["--max-instance-reuse-count", &count.to_string()]);
        }
        Self::start(command.arg(&programs.component).env("XDG_CACHE_HOME", directory.join("cache")))
    }

    /// Starts a command and waits until it says where it listens.
    pub(crate) fn start(command: &mut Command) -> Outcome<Self> {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
        let mut stderr = BufReader::new(child.stderr.take().ok_or("stderr is piped")?);
        let mut said = String::new();
        let address = loop {
            let start = said.len();
            if stderr.read_line(&mut said)? == 0 {
                child.wait()?;
                return Err(format!("{command:?} did not come to serve:\n{said}").into());
            }
            let line = said.get(start..).unwrap_or_default();
            if let Some((_, rest)) = line.split_once("http://") {
                break rest.trim_end().trim_end_matches('/').parse()?;
            }
        };
        // What it says from now on is read, or it would wait for a reader.
        thread::spawn(move || std::io::copy(&mut stderr, &mut std::io::sink()));
        Ok(Self { child, address })
    }

    /// The memory that is this process's alone, in bytes. None where the system does not tell.
    pub(crate) fn memory(&self) -> Option<u64> {
        crate::machine::memory(self.child.id())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
