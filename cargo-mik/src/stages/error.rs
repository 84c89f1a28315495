//! What can go wrong between cargo and the finished component.

use std::path::PathBuf;

use miette::Diagnostic;
use thiserror::Error;

use super::setup::SetupError;
use crate::tools::files::OutputError;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// A build that could not be finished. The code's room decides the exit code.
#[derive(Debug, Error, Diagnostic)]
pub enum StageError {
    /// The standard library for the target could not be had. Exit code 96.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Setup(#[from] SetupError),
    /// The component could not be written. Exit code 110.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Output(#[from] OutputError),
    /// A dependency is another one than a moment ago. Exit code 106.
    #[error("`{}`, which is the dependency `{name}`, has changed while the build ran", path.display())]
    #[diagnostic(code(mik::deps::changed), help("build again"))]
    DependencyChanged {
        /// The dependency.
        name: String,
        /// Its file.
        path: PathBuf,
    },
    /// Components do not fit each other. Exit code 105.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Composition(#[from] super::compose::CompositionError),
    /// The same, with the dependencies that it is about. Exit code 105.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Declared(Box<super::compose::DeclaredError>),
    /// Cargo did not tell what a package is compiled from. Exit code 102.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Dependencies(#[from] super::dependencies::DependenciesError),
    /// No bindings can be made for a project of cargo-component's. Exit code 96.
    #[error("`{package}` has `mod bindings;`, and they can't be made")]
    #[diagnostic(code(mik::project::bindings))]
    Bindings {
        /// The package.
        package: String,
        /// Why not.
        source: mik_build::BuildError,
        /// What to do.
        #[help]
        help: Option<String>,
    },
    /// Cargo failed and has said why. Exit code 101; nothing more is printed.
    #[error("cargo could not build the project; what it said is above")]
    #[diagnostic(code(mik::build::cargo))]
    Cargo,
    /// The build was ended because another one is wanted. Nobody is told.
    #[error("the build was cancelled")]
    #[diagnostic(code(mik::build::cancelled))]
    Cancelled,
    /// Cargo could not be started. Exit code 101.
    #[error("cargo could not be started")]
    #[diagnostic(code(mik::build::start), help("is cargo on PATH? Rust comes with https://rustup.rs"))]
    CargoStart {
        /// What the system said.
        source: std::io::Error,
    },
    /// Cargo has not made what the manifest says it makes. Exit code 101.
    #[error("cargo built the package but made no `.wasm` of `{unit}`")]
    #[diagnostic(
        code(mik::build::no_artifact),
        help("does its manifest say `crate-type = [\"cdylib\"]`, and does no flag select something else?")
    )]
    NoArtifact {
        /// The unit.
        unit: String,
    },
    /// Two packages have libraries of one name, which cargo writes to one file. Exit code 101.
    #[error("cargo made `{unit}` and another package's library `{library}` in one file, so one of them is lost")]
    #[diagnostic(
        code(mik::build::same_artifact),
        help(
            "rename one of the two libraries: `[lib] name = \"…\"` in its manifest; or build them one by one with `-p`"
        )
    )]
    SameArtifact {
        /// The unit.
        unit: String,
        /// The library's name.
        library: String,
    },
    /// A file that a stage needs can't be read. Exit code 101.
    #[error("a file of the build can't be read")]
    #[diagnostic(code(mik::build::read), help("was it removed while the build ran? Build again"))]
    Read {
        /// What the system said, with the path.
        source: std::io::Error,
    },
    /// What cargo made is no WebAssembly. Exit code 103.
    #[error("what cargo made of `{unit}` is not WebAssembly")]
    #[diagnostic(code(mik::encode::not_wasm), help("was the file damaged? `cargo clean` and build again"))]
    NotWasm {
        /// The unit.
        unit: String,
    },
    /// The module can't become a component. Exit code 103.
    #[error("`{unit}` could not be made a component")]
    #[diagnostic(code(mik::encode::failed), help("{help}"))]
    Encode {
        /// The unit.
        unit: String,
        /// What to do.
        help: String,
        /// What wit-component said.
        source: Source,
    },
    /// Optimization failed. Exit code 104.
    #[error("`{unit}` could not be optimized")]
    #[diagnostic(
        code(mik::optimize::failed),
        help(
            "this is most likely a bug of `cargo mik`: please report the component; until then `build.optimize = \"none\"` \
             leaves the stage out"
        )
    )]
    Optimize {
        /// The unit.
        unit: String,
        /// The pass, and what it said.
        source: mik_optimize::Error,
    },
    /// There is no `wasm-opt`, and there has to be one. Exit code 96.
    #[error("there is no `wasm-opt` on PATH")]
    #[diagnostic(
        code(mik::setup::no_wasm_opt),
        help(
            "it comes with Binaryen: `npm install -g binaryen`, or your system's package; or write `build.wasm_opt = \"auto\"`, \
             which takes it where there is one (`cargo mik config build` shows what asks for it)"
        )
    )]
    NoWasmOpt,
    /// The `wasm-opt` that is asked for is none, or too old. Exit code 96.
    #[error("`{}` can't be used as `wasm-opt`: {why}", path.display())]
    #[diagnostic(
        code(mik::setup::wasm_opt),
        help("is it Binaryen's `wasm-opt`, and does `{} --version` work? `cargo mik config build` shows what asks for it", path.display())
    )]
    WasmOptUnusable {
        /// The program.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// The `wasm-opt` that is asked for has failed. Exit code 104.
    #[error("`{name}` could not be optimized by {program}")]
    #[diagnostic(
        code(mik::optimize::wasm_opt),
        help(
            "another version of Binaryen may do better; `build.wasm_opt = \"auto\"` goes on without it, and `false` leaves it out \
             (`--wasm-opt` for `cargo mik optimize`)"
        )
    )]
    WasmOpt {
        /// The component or file.
        name: String,
        /// The program and its version.
        program: String,
        /// What went wrong.
        source: super::wasm_opt::Failure,
    },
    /// The component is larger than `build.max_size` allows. Exit code 104.
    #[error("`{unit}` has {bytes} bytes, {} more than `build.max_size` allows; most of it is {largest}", bytes - max_size)]
    #[diagnostic(
        code(mik::optimize::too_large),
        help(
            "`cargo mik size` shows what is in it, function by function; `build.panic = \"trap\"` and `build.target = \"auto\"` make it smaller; or raise `build.max_size` from {max_size}"
        )
    )]
    TooLarge {
        /// The unit.
        unit: String,
        /// How large it is.
        bytes: u64,
        /// How large it may be.
        max_size: u64,
        /// Its largest crates.
        largest: String,
    },
    /// A file's optimization failed. Exit code 104.
    #[error("`{}` could not be optimized", path.display())]
    #[diagnostic(code(mik::optimize::failed), help("this is most likely a bug of `cargo mik`: please report the file"))]
    OptimizeFile {
        /// The file.
        path: PathBuf,
        /// The pass, and what it said.
        source: mik_optimize::Error,
    },
    /// A file that was named can't be read. Exit code 104.
    #[error("the file can't be read")]
    #[diagnostic(code(mik::optimize::read), help("is the path right? It is relative to where you are"))]
    ReadFile {
        /// What the system said, with the path.
        source: std::io::Error,
    },
    /// A file that was named is no WebAssembly. Exit code 104.
    #[error("`{}` is not WebAssembly", path.display())]
    #[diagnostic(
        code(mik::optimize::not_wasm),
        help("name a component or a core module in binary form; text (`.wat`) becomes that with `wasm-tools parse`")
    )]
    NotWasmFile {
        /// The file.
        path: PathBuf,
    },
    /// A file that was named is WebAssembly that no host would take. Exit code 104.
    #[error("`{}` is not valid WebAssembly", path.display())]
    #[diagnostic(
        code(mik::optimize::invalid_input),
        help("was it cut short, or made for another host? wasmtime 48 would not take it as it is")
    )]
    InvalidFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: Source,
    },
    /// The component exports nothing that can be served. Exit code 105.
    #[error("`{unit}` exports no handler: it exports {exports}")]
    #[diagnostic(
        code(mik::compose::no_handler),
        help(
            "export `mik:core/handler` (with mik-sdk, `routes!` does it) or `wasi:http/incoming-handler`; \
             a component that is not for HTTP is built with `composition.http_handler = false`"
        )
    )]
    NoHandler {
        /// The unit.
        unit: String,
        /// What it exports.
        exports: String,
    },
    /// The bridge of the user's is no component. Exit code 105.
    #[error("the bridge `{}` is not a component", path.display())]
    #[diagnostic(
        code(mik::compose::bridge),
        help(
            "`composition.bridge` names a component that imports `mik:core/handler` and exports \
              `wasi:http/incoming-handler`; without the key the embedded one is used"
        )
    )]
    Bridge {
        /// The file.
        path: PathBuf,
    },
    /// Composition failed. Exit code 105.
    #[error("`{unit}` could not be composed with the bridge")]
    #[diagnostic(
        code(mik::compose::failed),
        help("was the handler built against another `mik:core` than the bridge? This bridge takes `mik:core@0.1.0`")
    )]
    Compose {
        /// The unit.
        unit: String,
        /// What wac said.
        source: Source,
    },
    /// The component imports what no host offers. Exit code 105.
    #[error("package `{package}` imports `{imports}`, which neither WASI nor the bridge offers")]
    #[diagnostic(
        code(mik::compose::unknown_import),
        help("leave the import out of the handler's world, or compose with a component that exports it")
    )]
    ForeignImport {
        /// The package whose component has the import.
        package: String,
        /// The imports.
        imports: String,
    },
    /// A component that is not valid. Exit code 105.
    #[error("{what} of `{unit}` is not a valid component")]
    #[diagnostic(code(mik::compose::invalid), help("this is most likely a bug of `cargo mik`: please report it"))]
    Invalid {
        /// The unit.
        unit: String,
        /// Which bytes.
        what: String,
        /// What is wrong with them.
        source: wasmparser::BinaryReaderError,
    },
    /// The record could not be written as JSON. Exit code 110.
    #[error("the build's record could not be written")]
    #[diagnostic(code(mik::output::record), help("this is a bug of `cargo mik`: please report it"))]
    Record {
        /// What serde said.
        source: serde_json::Error,
    },
}

/// `build.panic = "trap"` without the names that it needs.
#[derive(Debug, Error, Diagnostic)]
#[error(
    "the panics of `{name}` keep their messages: which functions are panics is told by their names, and these are gone"
)]
#[diagnostic(code(mik::optimize::no_names))]
pub(super) struct NamesGone {
    pub(super) name: String,
    #[help]
    pub(super) help: &'static str,
}

impl StageError {
    /// Whether the user has already been told what is wrong.
    pub fn has_been_said(&self) -> bool {
        matches!(self, Self::Cargo | Self::Cancelled)
    }
}
