//! Why the server can't start or go on, as diagnostics.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use miette::Diagnostic;
use thiserror::Error;

/// Why something can't be served.
#[derive(Debug, Error, Diagnostic)]
pub enum ServeError {
    /// Another program listens there.
    #[error("port {} is in use", address.port())]
    #[diagnostic(
        code(mik::serve::port_in_use),
        help(
            "another program listens on {address}; choose another port with `--port`, or any free one with `--port 0`"
        )
    )]
    PortInUse {
        /// The address that was asked for.
        address: SocketAddr,
    },
    /// The address can't be listened on for another reason.
    #[error("can't listen on {address}")]
    #[diagnostic(
        code(mik::serve::bind),
        help(
            "`--host` takes an address of this machine, such as 127.0.0.1 or 0.0.0.0; ports below 1024 need privileges"
        )
    )]
    Bind {
        /// The address that was asked for.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The component's file can't be read.
    #[error("the component can't be read")]
    #[diagnostic(code(mik::serve::read), help("`cargo mik build` prints the path of what it builds"))]
    Read {
        /// What the system said; it names the file.
        source: io::Error,
    },
    /// The file is something else altogether.
    #[error("`{}` is not WebAssembly", path.display())]
    #[diagnostic(
        code(mik::serve::not_wasm),
        help("a component is expected, such as `cargo mik build` writes to target/mik")
    )]
    NotWasm {
        /// The file.
        path: PathBuf,
    },
    /// The file is a core module.
    #[error("`{}` is a core module, not a component", path.display())]
    #[diagnostic(code(mik::serve::core_module), help("build it with `cargo mik build`, which makes a component of it"))]
    CoreModule {
        /// The file.
        path: PathBuf,
    },
    /// The file begins like a component and is damaged.
    #[error("`{}` is not a valid component", path.display())]
    #[diagnostic(
        code(mik::serve::invalid_component),
        help("the file is damaged or cut short: build or fetch it again")
    )]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: Detail,
    },
    /// A handler that has not been composed with the bridge.
    #[error("`{}` exports `{export}`, not `wasi:http`", path.display())]
    #[diagnostic(
        code(mik::serve::not_composed),
        help("compose it with the bridge: `cargo mik build` does, and prints the composed component's path")
    )]
    NotComposed {
        /// The file.
        path: PathBuf,
        /// The interface that it exports.
        export: String,
    },
    /// A component that answers no HTTP.
    #[error("`{}` exports nothing that answers HTTP", path.display())]
    #[diagnostic(
        code(mik::serve::no_handler),
        help("`wasi:http/incoming-handler@0.2` or `wasi:http/handler@0.3` is expected; it exports {exports}")
    )]
    NoHandler {
        /// The file.
        path: PathBuf,
        /// What it exports instead, for people.
        exports: String,
    },
    /// A component that needs what the host does not have.
    #[error("`{}` imports `{import}`, which the host does not offer", path.display())]
    #[diagnostic(
        code(mik::serve::import),
        help(
            "the host offers WASI 0.2 and 0.3 with HTTP; everything else is composed into the component by `cargo mik build`"
        )
    )]
    Import {
        /// The file.
        path: PathBuf,
        /// The import.
        import: String,
        /// What is amiss with it.
        #[source]
        source: Detail,
    },
    /// A valid component that can't be compiled or linked.
    #[error("`{}` can't be compiled", path.display())]
    #[diagnostic(code(mik::serve::compile))]
    Compile {
        /// The file.
        path: PathBuf,
        /// What stands in the way.
        #[source]
        source: Detail,
    },
    /// A name that can't be part of a URL as it is.
    #[error("`{name}` can't be the name of a module")]
    #[diagnostic(
        code(mik::serve::module_name),
        help("a name is part of the URL /run/<name>/: letters, digits, `-`, `_`, `.` and `~`")
    )]
    ModuleName {
        /// The name.
        name: String,
    },
    /// The machine can't give what the server needs.
    #[error("the server can't start")]
    #[diagnostic(code(mik::serve::start))]
    Start {
        /// What stands in the way.
        #[source]
        source: Detail,
    },
}

/// What wasmtime says, as text: its error type stays in this room.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct Detail(pub(super) String);

impl Detail {
    /// The whole chain of causes in one line.
    pub(super) fn of(error: &wasmtime::Error) -> Self {
        Self(format!("{error:#}"))
    }
}
