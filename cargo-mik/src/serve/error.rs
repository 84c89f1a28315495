//! Why the server can't start or go on, as diagnostics.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use miette::Diagnostic;
use thiserror::Error;

use crate::recording::RecordingError;
use crate::stages::StageError;

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
    /// Requests can't be recorded there.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Recording(RecordingError),
    /// What should be sent is no request.
    #[error("`{method} {target}` can't be sent")]
    #[diagnostic(code(mik::cli::no_request), help("a path begins with `/`, and a space in it is written `%20`"))]
    NoRequest {
        /// The method.
        method: String,
        /// The path or URL.
        target: String,
        /// What is wrong with it.
        source: Detail,
    },
    /// The server that was named does not answer.
    #[error("`{url}` does not answer")]
    #[diagnostic(code(mik::serve::no_answer), help("is the server running? `cargo mik serve` says its address"))]
    NoAnswer {
        /// Where it was asked.
        url: String,
        /// Why not.
        source: Detail,
    },
    /// What was asked for can't be written to stdout.
    #[error("the answer could not be written")]
    #[diagnostic(code(mik::output::write))]
    Output {
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
    /// The file is larger than any component that is served.
    #[error("`{}` is larger than {} MiB, which no component may be", path.display(), limit >> 20)]
    #[diagnostic(code(mik::serve::too_large), help("is it a component? `cargo mik build --release` makes small ones"))]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// How large it may be, in bytes.
        limit: u64,
    },
    /// A handler that can't be composed with the bridge.
    #[error("`{}` can't be composed with the bridge", path.display())]
    #[diagnostic(
        code(mik::serve::compose),
        help("was the handler built against another `mik:core`? This bridge takes `mik:core@0.1.0`")
    )]
    Compose {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        #[source]
        source: Detail,
    },
    /// A component that answers no HTTP.
    #[error("`{}` exports nothing that answers HTTP", path.display())]
    #[diagnostic(
        code(mik::serve::no_handler),
        help(
            "`wasi:http/incoming-handler@0.2`, `wasi:http/handler@0.3` or `mik:core/handler@0.1.0` is expected; it \
             exports {exports}"
        )
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
    /// A file whose name can't be part of a URL as it is.
    #[error("`{}` is not served: `{name}` can't be the name of a module", path.display())]
    #[diagnostic(
        code(mik::serve::module_name),
        help(
            "rename the file: its name is part of the URL /run/<name>/, and may have letters, digits, `-`, `_`, `.` and `~`"
        )
    )]
    FileName {
        /// The file.
        path: PathBuf,
        /// The name.
        name: String,
    },
    /// A file in the directory of modules has the name of the project's own component.
    #[error("`{}` is not served: /run/{name}/ is the project's own component", path.display())]
    #[diagnostic(code(mik::serve::shadowed), help("rename the file, and it is served under its new name"))]
    Shadowed {
        /// The file.
        path: PathBuf,
        /// The name.
        name: String,
    },
    /// The directory of modules can't be read.
    #[error("the directory of modules can't be read")]
    #[diagnostic(
        code(mik::serve::modules),
        help("`server.modules` or `--modules` names a directory of components; it is looked at again when it changes")
    )]
    Directory {
        /// What the system said; it names the directory.
        source: io::Error,
    },
    /// A compilation that came to no end.
    #[error("the component's compilation broke off")]
    #[diagnostic(code(mik::serve::broke_off), help("this is a bug of `cargo mik`: please report the component"))]
    BrokeOff,
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
    /// One of the files for TLS can't be read.
    #[error("the {what} for TLS can't be read")]
    #[diagnostic(
        code(mik::serve::tls_read),
        help("`--tls-cert` and `--tls-key` each take the path of a PEM file that this user may read")
    )]
    TlsRead {
        /// `certificate` or `key`.
        what: &'static str,
        /// What the system said; it names the file.
        source: io::Error,
    },
    /// The certificate's file holds none.
    #[error("`{}` is not a certificate chain", path.display())]
    #[diagnostic(
        code(mik::serve::tls_certificate),
        help("`--tls-cert` takes PEM: the server's own certificate first, then those between it and the root")
    )]
    TlsCertificate {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: Detail,
    },
    /// The key's file holds none.
    #[error("`{}` is not a private key", path.display())]
    #[diagnostic(
        code(mik::serve::tls_key),
        help(
            "`--tls-key` takes PEM without a passphrase: `PRIVATE KEY`, `RSA PRIVATE KEY` or `EC PRIVATE KEY`; `openssl pkey -in FILE` takes a passphrase off"
        )
    )]
    TlsKey {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: Detail,
    },
    /// Certificate and key are of two pairs.
    #[error("`{}` and `{}` don't belong together", certificate.display(), key.display())]
    #[diagnostic(
        code(mik::serve::tls_mismatch),
        help(
            "the key has to be the one of the first certificate in the chain: give the pair that was issued together"
        )
    )]
    TlsMismatch {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
    },
    /// A new pair is not taken up.
    #[error("the new certificate is not taken up; the old one stays in use")]
    #[diagnostic(code(mik::serve::tls_kept), help("the files are looked at again every second"))]
    TlsKept {
        /// What is wrong with it.
        #[source]
        source: Box<ServeError>,
    },
    /// The log file can't be written.
    #[error("`{}` can't be written", path.display())]
    #[diagnostic(
        code(mik::serve::log_file),
        help("`server.log_file` names a file in a directory that is there, and that this user may write to")
    )]
    LogFile {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Lines of the log were lost.
    #[error("`{}` can't be written; its lines are lost until it can", path.display())]
    #[diagnostic(code(mik::serve::log_lost), help("is the disk full? Requests are served all the same"))]
    LogLost {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// There is no directory of static files.
    #[error("`{}` is not a directory", path.display())]
    #[diagnostic(
        code(mik::serve::static_directory),
        help("/static/ answers 404 until it is; `server.static` is relative to the manifest")
    )]
    StaticDirectory {
        /// The directory.
        path: PathBuf,
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

impl ServeError {
    /// Whether the component's file is not there.
    pub(super) fn is_gone(&self) -> bool {
        matches!(self, Self::Read { source } if source.kind() == io::ErrorKind::NotFound)
    }

    /// All that there is to say, as text.
    pub(super) fn told(&self) -> String {
        let causes = std::iter::successors(std::error::Error::source(self), |cause| cause.source());
        let causes = causes.map(|cause| format!(": {cause}")).collect::<String>();
        let help = self.help().map(|help| format!("\n{help}")).unwrap_or_default();
        format!("{self}{causes}{help}")
    }
}

/// What wasmtime says, as text: its error type stays in this room.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct Detail(pub(super) String);

impl Detail {
    /// What a stage of the build says, and why.
    pub(super) fn of_stage(error: &StageError) -> Self {
        let causes = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
        Self(causes.last().map_or_else(|| error.to_string(), ToString::to_string))
    }

    /// The whole chain of causes in one line.
    pub(super) fn of(error: &wasmtime::Error) -> Self {
        Self(format!("{error:#}"))
    }
}
