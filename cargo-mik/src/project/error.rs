//! What can be wrong with a project, its configuration or the command that names it.

use std::path::PathBuf;
use std::sync::Arc;

use miette::{Diagnostic, NamedSource, SourceSpan};
use thiserror::Error;

/// A project that can't be built as it stands. Exit code 96; 102 where it is `cargo metadata` that says so.
#[derive(Debug, Error, Diagnostic)]
pub enum ProjectError {
    /// There is no `Cargo.toml` here or above.
    #[error("there is no `Cargo.toml` in `{}` or any directory above it", directory.display())]
    #[diagnostic(
        code(mik::project::no_manifest),
        help("start a project with `cargo mik new NAME`, or name one with `--manifest-path PATH/Cargo.toml`")
    )]
    NoManifest {
        /// Where the search began.
        directory: PathBuf,
    },
    /// `--manifest-path` names nothing.
    #[error("the manifest `{}` does not exist", path.display())]
    #[diagnostic(code(mik::project::no_manifest), help("`--manifest-path` takes the path of a `Cargo.toml`"))]
    NoManifestAt {
        /// What was named.
        path: PathBuf,
    },
    /// `--manifest-path` names a directory.
    #[error("`--manifest-path {}` is a directory", path.display())]
    #[diagnostic(code(mik::project::no_manifest), help("write `--manifest-path {}`", manifest.display()))]
    ManifestIsDirectory {
        /// What was named.
        path: PathBuf,
        /// What was probably meant.
        manifest: PathBuf,
    },
    /// `cargo metadata` failed, and says why.
    #[error("cargo can't read the project")]
    #[diagnostic(code(mik::metadata::failed), help("mend the manifest: `cargo metadata` says the same"))]
    Metadata {
        /// Cargo's words.
        source: CargoWords,
    },
    /// `cargo metadata` could not be run or understood.
    #[error("`cargo metadata` could not be run, or its output could not be read")]
    #[diagnostic(
        code(mik::metadata::unreadable),
        help("is cargo installed? `cargo --version` tells; Rust comes with https://rustup.rs")
    )]
    MetadataUnreadable {
        /// What went wrong.
        source: cargo_metadata::Error,
    },
    /// The current directory is gone or may not be read.
    #[error("the current directory can't be read")]
    #[diagnostic(code(mik::project::current_directory), help("was it removed? Change to one that is there"))]
    CurrentDirectory {
        /// What the system said.
        source: std::io::Error,
    },
    /// Nothing is built, and there is no directory of modules.
    #[error("there is nothing to serve in `{}`", directory.display())]
    #[diagnostic(
        code(mik::project::nothing_to_serve),
        help(
            "build the project's component with `cargo mik build --release`, or put components into its `modules` \
             directory; or name what is to be served: `mik run FILE`, `mik run DIRECTORY`"
        )
    )]
    NothingToServe {
        /// Where it was looked for.
        directory: PathBuf,
    },
    /// `--modules` names no directory.
    #[error("`{}` is not a directory", path.display())]
    #[diagnostic(
        code(mik::project::no_modules),
        help("`--modules` takes a directory of components; make it first: it may be empty, and fill up later")
    )]
    NoModules {
        /// What was typed.
        path: PathBuf,
    },
    /// A configuration file can't be read.
    #[error("a configuration file can't be read")]
    #[diagnostic(code(mik::project::read), help("may it be read, and is it UTF-8?"))]
    Read {
        /// What the system said, with the path.
        source: std::io::Error,
    },
    /// `-p` names no member.
    #[error("no package of this workspace matches `{spec}`")]
    #[diagnostic(code(mik::project::unknown_package), help("its packages are: {}", names.join(", ")))]
    UnknownPackage {
        /// What was typed.
        spec: String,
        /// What there is.
        names: Vec<String>,
    },
    /// The workspace has no package, or none is selected.
    #[error("`{}` has no package to build", manifest_path.display())]
    #[diagnostic(
        code(mik::project::no_package),
        help("is it a workspace without members? `cargo mik new NAME` in its directory makes the first")
    )]
    NoPackage {
        /// The manifest.
        manifest_path: PathBuf,
    },
    /// What was selected is no library of a kind that becomes a component.
    #[error("package `{package}` does not build a component: it has {has} and no cdylib")]
    #[diagnostic(code(mik::project::not_a_component), help("{}", not_a_component_help(manifest_path, others)))]
    NotAComponent {
        /// The package.
        package: String,
        /// The crate types that it does have.
        has: String,
        /// Its manifest.
        manifest_path: PathBuf,
        /// Packages of the workspace that would do.
        others: Vec<String>,
    },
    /// `--example` names none that becomes a component.
    #[error("{} `{name}`", if *is_there { "no cdylib is built of the example" } else { "there is no example" })]
    #[diagnostic(code(mik::project::no_example), help("{}", no_example_help(name, others)))]
    NoExample {
        /// What was typed.
        name: String,
        /// Whether it is there, of another kind.
        is_there: bool,
        /// The examples that would do.
        others: Vec<String>,
    },
    /// Two components would be written to one file.
    #[error("two components would be written to `{name}.wasm`: one of `{}`, one of `{}`", packages[0], packages[1])]
    #[diagnostic(code(mik::project::same_name), help("rename one of them, or build them one by one with `-p`"))]
    SameName {
        /// Their name.
        name: String,
        /// Their packages.
        packages: [String; 2],
    },
    /// A path that cargo's command line can't carry.
    #[error("the path `{}` is not Unicode", path.display())]
    #[diagnostic(code(mik::project::not_unicode), help("choose a directory whose name is UTF-8"))]
    NotUnicode {
        /// The path.
        path: PathBuf,
    },
    /// `build.target` is none of the known ones.
    #[error("unknown target `{name}`")]
    #[diagnostic(
        code(mik::project::unknown_target),
        help("write `wasm32-wasip2`, `wasm32-unknown-unknown`, `wasm32-wasip1` or `auto`")
    )]
    UnknownTarget {
        /// What was written.
        name: String,
        /// The file.
        #[source_code]
        source_code: NamedSource<Arc<String>>,
        /// The place.
        #[label("not a target of `cargo mik`")]
        at: SourceSpan,
    },
    /// `composition.bridge` names no file.
    #[error("the bridge `{}` does not exist", path.display())]
    #[diagnostic(
        code(mik::project::no_bridge),
        help("write the path of a bridge component, relative to the manifest, or remove the key for the embedded one")
    )]
    NoBridge {
        /// Where it was looked for.
        path: PathBuf,
        /// The file.
        #[source_code]
        source_code: NamedSource<Arc<String>>,
        /// The place.
        #[label("no such file")]
        at: SourceSpan,
    },
    /// A value of the wrong type or out of range.
    #[error("{message}")]
    #[diagnostic(code(mik::project::invalid_value), help("{help}"))]
    InvalidValue {
        /// What is wrong with it.
        message: String,
        /// What to write.
        help: String,
        /// The file.
        #[source_code]
        source_code: NamedSource<Arc<String>>,
        /// The place.
        #[label]
        at: SourceSpan,
    },
    /// A file of variables that can't be read.
    #[error("{}:{line}: {what}", path.display())]
    #[diagnostic(
        code(mik::project::dotenv),
        help("write `NAME=value`, one to a line; a value with spaces or `#` in it stands in quotes")
    )]
    DotEnv {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        what: String,
    },
    /// An environment variable whose value can't be what it is for.
    #[error("the environment variable `{name}` is `{value}`, which is no {kind}")]
    #[diagnostic(code(mik::project::invalid_variable), help("{help}"))]
    InvalidVariable {
        /// Its name.
        name: &'static str,
        /// What it has to be.
        kind: &'static str,
        /// Its value.
        value: String,
        /// What to do about it.
        help: &'static str,
    },
    /// A setting of a server that another package has already set. A warning.
    #[error("{setting} is not used: one server serves all packages")]
    #[diagnostic(
        code(mik::project::not_used),
        help("to serve each package as it says, serve it by itself: `cargo mik serve -p NAME`"),
        severity(Warning)
    )]
    NotUsed {
        /// The key, and whose it is.
        setting: String,
        /// The package whose value is used, and that value.
        decision: String,
        /// The file.
        #[source_code]
        source_code: NamedSource<Arc<String>>,
        /// The place.
        #[label("{decision}")]
        at: SourceSpan,
    },
    /// A key that nothing reads. A warning.
    #[error("unknown key `{key}`")]
    #[diagnostic(code(mik::project::unknown_key), help("{help}"), severity(Warning))]
    UnknownKey {
        /// The key.
        key: String,
        /// What to write.
        help: String,
        /// The file.
        #[source_code]
        source_code: NamedSource<Arc<String>>,
        /// The place.
        #[label("nothing reads this")]
        at: SourceSpan,
    },
    /// A key that says of the project what `[package]` says otherwise. A warning.
    #[error("{message}")]
    #[diagnostic(
        code(mik::project::not_the_packages),
        help("remove the key: `[package]` in Cargo.toml says it"),
        severity(Warning)
    )]
    NotThePackages {
        /// What each of them says.
        message: String,
        /// The file.
        #[source_code]
        source_code: NamedSource<Arc<String>>,
        /// The place.
        #[label("this value is not used")]
        at: SourceSpan,
    },
    /// A variable of the guest's that `cargo mik config` is asked for, and that is not set.
    #[error("`{key}` is not set")]
    #[diagnostic(code(mik::project::not_set), help("{}", not_set_help(names)))]
    NotSet {
        /// The key.
        key: String,
        /// The variables that are.
        names: Vec<String>,
    },
    /// A key whose value alone is asked for, and that has several.
    #[error("`{key}` is not the same in every package")]
    #[diagnostic(code(mik::project::several_values), help("choose one: -p {}", packages.join(", -p ")))]
    SeveralValues {
        /// The key.
        key: String,
        /// The packages.
        packages: Vec<String>,
    },
    /// A key in both files. A warning.
    #[error("`{key}` is set twice: here, and at {other}")]
    #[diagnostic(code(mik::project::set_twice), help("this one is used; remove the other"), severity(Warning))]
    SetTwice {
        /// The key.
        key: String,
        /// The place that loses.
        other: String,
        /// The file that wins.
        #[source_code]
        source_code: NamedSource<Arc<String>>,
        /// The place that wins.
        #[label("this value is used")]
        at: SourceSpan,
    },
}

/// What cargo said.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct CargoWords(pub String);

fn not_set_help(names: &[String]) -> String {
    match names {
        [] => "`server.env` is empty".to_owned(),
        names => format!("the guest has {}", names.join(", ")),
    }
}

fn no_example_help(name: &str, others: &[String]) -> String {
    if others.is_empty() {
        format!("examples become components with\n[[example]]\nname = \"{name}\"\ncrate-type = [\"cdylib\"]")
    } else {
        format!("write --example {}", others.join(", or --example "))
    }
}

fn not_a_component_help(manifest_path: &std::path::Path, others: &[String]) -> String {
    if others.is_empty() {
        format!("add to {}:\n[lib]\ncrate-type = [\"cdylib\"]", manifest_path.display())
    } else {
        format!("choose a package that does: -p {}", others.join(", -p "))
    }
}
