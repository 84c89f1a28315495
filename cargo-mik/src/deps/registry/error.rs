//! What can stand between us and a component in a registry.

use miette::Diagnostic;
use thiserror::Error;

use crate::tools::files::OutputError;

/// The cause of a failure, as a library tells it.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// A component that could not be had from a registry, or not be put there. Exit code 106.
#[derive(Debug, Error, Diagnostic)]
pub enum RegistryError {
    /// A text that names no component.
    #[error("`{text}` is no reference to a component: {why}")]
    #[diagnostic(code(mik::deps::bad_reference), help("{help}"))]
    BadReference {
        /// What was written.
        text: String,
        /// What is wrong with it.
        why: String,
        /// What to write.
        help: String,
    },
    /// The registry has no such repository.
    #[error("`{registry}` has no repository `{repository}`")]
    #[diagnostic(
        code(mik::deps::unknown_repository),
        help(
            "is it spelled right? A registry may say the same of one that you may not see: `docker login {registry}`"
        )
    )]
    UnknownRepository {
        /// The registry.
        registry: String,
        /// The repository.
        repository: String,
    },
    /// The repository has no such tag or digest.
    #[error("`{place}` has no `{version}`")]
    #[diagnostic(code(mik::deps::unknown_tag), help("{help}"))]
    UnknownTag {
        /// The repository with its registry.
        place: String,
        /// The tag or the digest.
        version: String,
        /// What it has.
        help: String,
    },
    /// Whoever has not logged in gets nothing.
    #[error("`{registry}` wants a login for `{repository}`, or has no such repository")]
    #[diagnostic(
        code(mik::deps::login_wanted),
        help(
            "log in with `docker login {registry}` or `podman login {registry}`, or set MIK_REGISTRY_USERNAME and MIK_REGISTRY_PASSWORD, \
             or MIK_REGISTRY_TOKEN, which are for the default registry and for one that is named on the command line"
        )
    )]
    LoginWanted {
        /// The registry.
        registry: String,
        /// The repository.
        repository: String,
    },
    /// The registry does not take the user's name and password.
    #[error("`{registry}` does not take the login of {from}")]
    #[diagnostic(
        code(mik::deps::wrong_credentials),
        help("are name and password right, and still valid? `docker login {registry}` asks for them again")
    )]
    WrongCredentials {
        /// The registry.
        registry: String,
        /// Where the login is from.
        from: String,
    },
    /// The registry does not take the token.
    #[error("`{registry}` does not take the token of {from}: {why}")]
    #[diagnostic(code(mik::deps::expired_token), help("get a new one, and set it where the old one is"))]
    ExpiredToken {
        /// The registry.
        registry: String,
        /// Where the token is from.
        from: String,
        /// Whether it is over, or may be.
        why: String,
    },
    /// Whoever has logged in may not do that.
    #[error("`{registry}` does not let the login of {from} {what} `{repository}`")]
    #[diagnostic(
        code(mik::deps::denied),
        help(
            "who may {what} it is decided at the registry: the login may be wrong or have too few scopes, or there is no such repository"
        )
    )]
    Denied {
        /// The registry.
        registry: String,
        /// The repository.
        repository: String,
        /// Where the login is from.
        from: String,
        /// `pull` or `push to`.
        what: &'static str,
    },
    /// A credential helper does not work.
    #[error("the login for `{registry}` can't be read: {why}")]
    #[diagnostic(
        code(mik::deps::credentials),
        severity(Warning),
        help("it is tried without; `docker login {registry}` writes it again, MIK_REGISTRY_TOKEN goes before it")
    )]
    Credentials {
        /// The registry.
        registry: String,
        /// What is wrong.
        why: String,
    },
    /// Nobody answers.
    #[error("`{registry}` can't be reached")]
    #[diagnostic(
        code(mik::deps::registry_down),
        help("is it spelled right, and is there a network? A proxy is named by HTTPS_PROXY")
    )]
    Unreachable {
        /// The registry.
        registry: String,
        /// What went wrong.
        source: Cause,
    },
    /// It answers with an error of its own, or with nothing that makes sense.
    #[error("`{registry}` failed: {what}")]
    #[diagnostic(code(mik::deps::registry_failed), help("try again later: it is the registry that has to be mended"))]
    Failed {
        /// The registry.
        registry: String,
        /// What it said.
        what: String,
    },
    /// It has had too many requests.
    #[error("`{registry}` has had too many requests{}", seconds.map(|it| format!(", and wants none for {it} seconds")).unwrap_or_default())]
    #[diagnostic(code(mik::deps::registry_busy), help("try again later; whoever has logged in may ask more often"))]
    Busy {
        /// The registry.
        registry: String,
        /// How long it wants to be left alone.
        seconds: Option<u64>,
    },
    /// There is no encrypted connection to be had.
    #[error("no encrypted connection to `{registry}` can be made")]
    #[diagnostic(
        code(mik::deps::tls),
        help(
            "to trust an authority of your own, put its certificate into a file (PEM) and set SSL_CERT_FILE to that; a registry that \
             speaks plain HTTP is named in `registry.insecure`"
        )
    )]
    Tls {
        /// The registry.
        registry: String,
        /// What went wrong.
        source: Cause,
    },
    /// The content ended early, however often it was asked for.
    #[error("`{reference}` came in part only: {received} of {size} bytes")]
    #[diagnostic(
        code(mik::deps::truncated),
        help("try again; if it stays so, it is damaged at the registry, and has to be published again")
    )]
    Truncated {
        /// The component.
        reference: String,
        /// Bytes that came.
        received: u64,
        /// Bytes that there should be.
        size: u64,
    },
    /// The content is other than what was asked for.
    #[error("what came for `{reference}` is not what was asked for: its digest is {actual}, not {expected}")]
    #[diagnostic(
        code(mik::deps::wrong_digest),
        help(
            "nothing of it was kept; it was changed at the registry or on its way here: tell whoever runs the registry"
        )
    )]
    WrongDigest {
        /// The component.
        reference: String,
        /// The digest that it has to have.
        expected: String,
        /// The one it has.
        actual: String,
    },
    /// More than any component.
    #[error("`{reference}` has {size} bytes, and no component that can be run has more than {most}")]
    #[diagnostic(code(mik::deps::too_large), help("is it the right one?"))]
    TooLarge {
        /// The component.
        reference: String,
        /// Bytes that it has.
        size: u64,
        /// Bytes that it may have.
        most: u64,
    },
    /// It is an image of something else.
    #[error("`{reference}` is no WebAssembly: {what}")]
    #[diagnostic(
        code(mik::deps::not_wasm),
        help(
            "components are pushed with `cargo mik publish`, `wkg oci push`, or `oras push REF file.wasm:application/wasm`; \
             images of containers can't be used"
        )
    )]
    NotWasm {
        /// The reference.
        reference: String,
        /// What is there.
        what: String,
    },
    /// It is a core module.
    #[error("`{reference}` is a core module, not a component")]
    #[diagnostic(
        code(mik::deps::core_module),
        help(
            "ask its author for a component; one of a WASI program is made with `wasm-tools component new`, and an adapter"
        )
    )]
    CoreModule {
        /// The reference.
        reference: String,
    },
    /// There is another component by that version.
    #[error("`{reference}` is published already, with another content: {digest}")]
    #[diagnostic(
        code(mik::deps::version_exists),
        help("give the package another version, or replace that one for everybody with `--force`")
    )]
    VersionExists {
        /// The reference.
        reference: String,
        /// The digest of what is there.
        digest: String,
    },
    /// What is to be written here can't be.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Output(#[from] OutputError),
    /// No connections can be made at all.
    #[error("requests can't be sent from here")]
    #[diagnostic(code(mik::deps::client))]
    Client {
        /// What went wrong.
        source: Cause,
    },
}
