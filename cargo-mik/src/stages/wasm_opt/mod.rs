//! Binaryen's `wasm-opt`, where there is one: run on each core module that the passes are given for the first time.

mod features;
mod program;
mod source_map;

pub(super) use program::find;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;

use miette::Diagnostic;
use mik_optimize::{Outside, Positions, Rewritten};
use thiserror::Error;

use super::StageError;
use crate::plan::WasmOptProgram;
use crate::project::Optimize;
use crate::report::{Reporter, size};
use crate::tools::bounded::{self, Bounds};
use crate::tools::{files, plain, process};

/// What all of an output may have: code that is optimized for speed grows, but not without end.
const MOST_GROWTH: u64 = 16;
/// The source map of a small module is longer than the module.
const LEAST_MOST: u64 = 1 << 20;

/// `wasm-opt` as an optimizer of core modules. What comes of it is told at the end.
pub(super) struct WasmOpt<'a> {
    program: &'a WasmOptProgram,
    optimize: Optimize,
    /// The code sections of what has been through it, and through the passes after it.
    done: BTreeSet<Vec<u8>>,
    failures: RefCell<Vec<Failure>>,
    unknown: RefCell<Vec<&'static str>>,
}

/// What has gone wrong with it.
#[derive(Debug, Error)]
pub enum Failure {
    /// It can't be started, or its files can't be written or read.
    #[error(transparent)]
    System(#[from] std::io::Error),
    /// It has failed.
    #[error("it ended with {status}{}{}", if said.is_empty() { "" } else { ": " }, said)]
    Status {
        /// How it ended.
        status: ExitStatus,
        /// The last that it said.
        said: String,
    },
    /// It has taken too long.
    #[error("it did not end within {} seconds; `MIK_WASM_OPT_SECS` gives it more", .0.as_secs())]
    TooLong(Duration),
    /// There is no output where it should be, or too much of it.
    #[error("it wrote {0}")]
    Output(String),
    /// What it has written is something else than what it was given.
    #[error(transparent)]
    Refused(#[from] mik_optimize::Refused),
}

/// What is said where a build goes on without it.
#[derive(Debug, Error, Diagnostic)]
#[error("`{name}` is built without {program}")]
#[diagnostic(
    code(mik::optimize::wasm_opt),
    help(
        "the component is whole: only what `wasm-opt` would have saved is missing. Another version of Binaryen may do better; \
          `build.wasm_opt = false` leaves it out, for `cargo mik optimize` it is `--wasm-opt false`"
    )
)]
pub(super) struct WithoutWasmOpt {
    /// The component.
    pub(super) name: String,
    /// The program and its version.
    pub(super) program: String,
    /// What is wrong.
    #[source]
    pub(super) source: Failure,
}

/// What the names of its temporary directories begin with.
const TEMPORARY: &str = "mik-wasm-opt-";

impl<'a> WasmOpt<'a> {
    /// The program, for what was not yet given to it as a part of another component.
    pub(super) fn new(program: &'a WasmOptProgram, optimize: Optimize, done: Option<&[u8]>) -> Self {
        files::sweep(&std::env::temp_dir(), TEMPORARY);
        let done = code_sections(done.unwrap_or_default()).map(<[u8]>::to_vec).collect();
        Self { program, optimize, done, failures: RefCell::default(), unknown: RefCell::default() }
    }

    /// Says what went wrong with a component; or gives it, where the program was asked for. Whether all went well.
    pub(super) fn tell(
        self,
        name: &str,
        refused: Vec<mik_optimize::Refused>,
        reporter: &Reporter,
    ) -> Result<bool, StageError> {
        for feature in self.unknown.into_inner() {
            let program = self.program;
            reporter
                .detail("Skipping", format!("{program} for a module of {name}: it does not know `--enable-{feature}`"));
        }
        let mut failures = self.failures.into_inner();
        failures.extend(refused.into_iter().map(Failure::from));
        // One is enough: the next would say the same.
        let Some(source) = failures.into_iter().next() else { return Ok(true) };
        let (name, program) = (name.to_owned(), format!("{} (`{}`)", self.program, self.program.path.display()));
        if self.program.is_wanted {
            return Err(StageError::WasmOpt { name, program, source });
        }
        reporter.warn(WithoutWasmOpt { name, program, source });
        Ok(false)
    }

    fn run(&self, module: &[u8]) -> Result<Option<Rewritten>, Failure> {
        let features = match features::of(module, &self.program.features) {
            Ok(features) => features,
            Err(unknown) => {
                self.unknown.borrow_mut().push(unknown);
                return Ok(None);
            }
        };
        let invalid = |what: &str| Failure::Output(what.to_owned());
        let given = Positions::of(module).map_err(|error| invalid(&error.to_string()))?;
        // Nobody else's: what is read there is what it has written.
        let directory = files::temporary_directory(&std::env::temp_dir(), TEMPORARY)?;
        let path = |name: &str| directory.path().join(name);
        files::write(&path("in.wasm"), module).map_err(|error| error.source)?;
        files::write(&path("in.map"), source_map::of(&given).as_bytes()).map_err(|error| error.source)?;
        let mut command = process::command(&self.program.path);
        command.args(&self.program.arguments).current_dir(directory.path());
        command.args(["in.wasm", "-o", "out.wasm", "--input-source-map", "in.map", "--output-source-map", "out.map"]);
        command.arg(if self.optimize == Optimize::Speed { "-O3" } else { "-Oz" });
        command.arg("--mvp-features").args(features.into_iter().map(|feature| format!("--enable-{feature}")));
        // By the names of functions it tells which is which; they cost nothing, and change nothing of what it does.
        command.arg("--debuginfo");
        let most = (module.len() as u64).saturating_mul(MOST_GROWTH).saturating_add(LEAST_MOST);
        let ended = bounded::run(&mut command, Bounds { time: self.program.limit, file: most })?;
        match ended.status {
            None => return Err(Failure::TooLong(self.program.limit)),
            Some(status) if !status.success() => {
                let mut said = String::new();
                plain::push(&mut said, ended.said.lines().last().unwrap_or_default(), 200);
                return Err(Failure::Status { status, said });
            }
            Some(_) => {}
        }
        let bytes = read(&path("out.wasm"), most)?;
        let map = read(&path("out.map"), most)?;
        // What is no module is refused by whoever takes it.
        let positions = Positions::of(&bytes).unwrap_or_default();
        let positions = source_map::read(&map, &positions).ok_or_else(|| invalid("no source map that can be read"))?;
        Ok(Some(Rewritten { bytes, positions }))
    }
}

fn read(path: &Path, most: u64) -> Result<Vec<u8>, Failure> {
    match files::read_at_most(path, most) {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err(Failure::Output(format!("more than {}", size(most)))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(Failure::Output("no output".to_owned())),
        Err(error) => Err(error.into()),
    }
}

/// The code of each core module of a component, or of one core module.
fn code_sections(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    wasmparser::Parser::new(0).parse_all(bytes).map_while(Result::ok).filter_map(|payload| match payload {
        wasmparser::Payload::CodeSectionStart { range, .. } => bytes.get(range.start as usize..range.end as usize),
        _ => None,
    })
}

impl Outside for WasmOpt<'_> {
    fn name(&self) -> &'static str {
        "wasm-opt"
    }

    fn wants(&self, module: &[u8]) -> bool {
        // Once it has failed it would fail again, and may take its time for it.
        self.failures.borrow().is_empty() && code_sections(module).any(|code| !self.done.contains(code))
    }

    fn optimize(&self, module: &[u8]) -> Option<Rewritten> {
        self.run(module).unwrap_or_else(|failure| {
            self.failures.borrow_mut().push(failure);
            None
        })
    }

    fn may_grow(&self) -> bool {
        self.optimize == Optimize::Speed
    }
}
