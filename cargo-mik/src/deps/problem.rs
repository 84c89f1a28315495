//! What may be wrong with one dependency.

use std::io;
use std::path::PathBuf;

use miette::Diagnostic;
use thiserror::Error;

use super::packages::PackageError;
use super::registry::RegistryError;
use crate::project::ProjectError;
use crate::report::size;

/// What may be wrong with a dependency.
#[derive(Debug, Error, Diagnostic)]
pub enum Problem {
    /// Nothing is where it is looked for.
    #[error("`{}` does not exist", path.display())]
    #[diagnostic(
        code(mik::deps::not_found),
        help("a path is meant from the file that sets it; it is a component, or the directory of a project")
    )]
    NotFound {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// A directory that is no project.
    #[error("`{}` is a directory without a `Cargo.toml`", path.display())]
    #[diagnostic(code(mik::deps::not_found), help("name a component, or the directory of a project that builds one"))]
    NotAProject {
        /// The directory.
        path: PathBuf,
    },
    /// A project that depends on itself.
    #[error("it depends on itself: {}", steps.join(" → "))]
    #[diagnostic(
        code(mik::deps::cycle),
        help("take one of these dependencies away: a component is built before what uses it")
    )]
    Cycle {
        /// The projects, from the first to itself.
        steps: Vec<String>,
    },
    /// A project of several components.
    #[error("its project makes several components: {}", names.join(", "))]
    #[diagnostic(
        code(mik::deps::which_component),
        help("give the dependency the name of the one that is meant, or name that package's directory")
    )]
    WhichComponent {
        /// The components.
        names: Vec<String>,
    },
    /// A file can't be read.
    #[error("it can't be read")]
    #[diagnostic(code(mik::deps::unreadable), help("may it be read?"))]
    Unreadable {
        /// What the system said, with the path.
        source: io::Error,
    },
    /// A core module.
    #[error("{from} is a core module, not a component")]
    #[diagnostic(
        code(mik::deps::core_module),
        help("build it as one: `cargo mik build`, or `wasm-tools component new` where it brings its types")
    )]
    CoreModule {
        /// Where it comes from.
        from: String,
    },
    /// A package of WIT.
    #[error("{from} is a package of WIT: it has interfaces, and no code")]
    #[diagnostic(
        code(mik::deps::wit_package),
        help(
            "name a component that implements them; WIT that a project is written against lies in its own `wit/deps`"
        )
    )]
    WitPackage {
        /// Where it comes from.
        from: String,
    },
    /// No WebAssembly at all.
    #[error("{from} is no component: it {begins}")]
    #[diagnostic(code(mik::deps::not_wasm), help("does it lead to the file itself, and not to a page about it?"))]
    NotWasm {
        /// Where it comes from.
        from: String,
        /// What it begins with.
        begins: String,
    },
    /// A component that is none.
    #[error("{from} is no valid component: {message}")]
    #[diagnostic(code(mik::deps::invalid), help("was it cut short? `cargo mik inspect FILE` tells more of a file"))]
    Invalid {
        /// Where it comes from.
        from: String,
        /// What is wrong, and where.
        message: String,
    },
    /// More bytes than a component may have.
    #[error("{from} is larger than {}", size(*most))]
    #[diagnostic(code(mik::deps::too_large), help("is it a component?"))]
    TooLarge {
        /// Where it comes from.
        from: String,
        /// The most there may be.
        most: u64,
    },
    /// A URL that is none, or that is not fetched.
    #[error("`{url}` {what}")]
    #[diagnostic(code(mik::deps::url), help("{help}"))]
    Url {
        /// The URL.
        url: String,
        /// What is wrong with it.
        what: String,
        /// What to write.
        help: &'static str,
    },
    /// There is no network, and it is not in the store.
    #[error("it is not on this machine, and there is no network: {what}")]
    #[diagnostic(code(mik::deps::offline), help("run `cargo mik fetch` once without `--offline`"))]
    Offline {
        /// What would be fetched.
        what: String,
    },
    /// `--locked`, and it is not in the lock.
    #[error("`mik.lock` does not have it, and `--locked` forbids to change it")]
    #[diagnostic(
        code(mik::deps::locked),
        help("run `cargo mik fetch` without `--locked` or `--frozen`, and commit `mik.lock`")
    )]
    Locked,
    /// A server's answer.
    #[error("`{url}` answers {status}{}", if *tries > 1 { format!(", {tries} times") } else { String::new() })]
    #[diagnostic(code(mik::deps::status), help("{}", status_help(*status)))]
    Status {
        /// The URL.
        url: String,
        /// The status code.
        status: u16,
        /// How often it was asked for.
        tries: u32,
    },
    /// A download that failed.
    #[error("`{url}` can't be downloaded: {message}{}", if *tries > 1 { format!(" ({tries} tries)") } else { String::new() })]
    #[diagnostic(code(mik::deps::download), help("{help}"))]
    Download {
        /// The URL.
        url: String,
        /// Why.
        message: String,
        /// How often it was tried.
        tries: u32,
        /// What to do.
        help: &'static str,
    },
    /// Other bytes than `sha256` says.
    #[error("the bytes of {from} are others than its `sha256` says: theirs is {found}")]
    #[diagnostic(
        code(mik::deps::digest),
        help("is it another version? If these are the bytes that you want, write their digest")
    )]
    Digest {
        /// Where it comes from.
        from: String,
        /// The digest of the bytes.
        found: String,
    },
    /// Other bytes than those that are locked.
    #[error("{from} is no longer what `mik.lock` pins: the bytes are others")]
    #[diagnostic(
        code(mik::deps::changed),
        help("who publishes it has changed it: `cargo mik update {name}` takes what is there now, once you trust it")
    )]
    Changed {
        /// Where it comes from.
        from: String,
        /// The dependency's name.
        name: String,
    },
    /// A registry does not have it, or does not give it.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Registry(#[from] RegistryError),
    /// A package is not where it is looked for, or nobody has said where that is.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Package(Box<PackageError>),
    /// git is not there.
    #[error("`git` could not be started")]
    #[diagnostic(code(mik::deps::git), help("is it installed and on PATH?"))]
    NoGit {
        /// What the system said.
        source: io::Error,
    },
    /// git failed.
    #[error("git can't {what}")]
    #[diagnostic(code(mik::deps::git), help("{help}"))]
    Git {
        /// What it was to do.
        what: String,
        /// Its words.
        source: GitWords,
        /// What to do.
        help: &'static str,
    },
    /// A branch, tag or commit that is not there.
    #[error("`{url}` has no {reference}")]
    #[diagnostic(code(mik::deps::git_reference), help("{help}"))]
    NoReference {
        /// The repository.
        url: String,
        /// What was looked for.
        reference: String,
        /// What to do.
        help: String,
    },
    /// A repository with nothing to take.
    #[error("the repository `{url}` has {what}")]
    #[diagnostic(
        code(mik::deps::git_content),
        help(
            "it needs `{name}.wasm` or a `Cargo.toml` at its root, or a single `.wasm` file; or name the dependency as the file is named"
        )
    )]
    NothingInRepository {
        /// The repository.
        url: String,
        /// What it has instead.
        what: String,
        /// The dependency's name.
        name: String,
    },
    /// The cache can't be written to.
    #[error("the cache can't be written to")]
    #[diagnostic(code(mik::deps::store), help("is the disk full or read-only? `MIK_CACHE_DIR` names another place"))]
    Cache {
        /// What the system said.
        source: io::Error,
    },
    /// The configuration of a project that it depends on is wrong.
    #[error("its project can't be read")]
    #[diagnostic(code(mik::deps::project), help("mend that project first"))]
    Project {
        /// What is wrong.
        source: Box<ProjectError>,
    },
}

/// What git said.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct GitWords(pub String);

fn status_help(status: u16) -> &'static str {
    match status {
        401 | 403 => "it needs a login, which a `url` can't have: is there a public one, or a registry that has it?",
        404 | 410 => "nothing is there: is the URL right?",
        408 | 429 | 500..=599 => "the server is in trouble or busy: try again later",
        _ => "open the URL to see what is there",
    }
}
