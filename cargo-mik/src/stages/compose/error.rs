//! What can be wrong with components that are to become one.

use std::io;

use miette::Diagnostic;
use thiserror::Error;

use crate::report::Plugged;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// Where it is said by hand what is given to what, for the help of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ByHand {
    /// `cargo mik compose --plug NAME=FILE`.
    CommandLine,
    /// `dependencies.NAME.instance`.
    Manifest,
}

impl ByHand {
    /// How one of several is chosen.
    pub(super) fn choose(self, plug: &str, import: &str) -> String {
        match self {
            Self::CommandLine => format!("leave all but one out, or say which it is: `--plug {import}={plug}`"),
            Self::Manifest => {
                format!("remove all but one, or say which it is: `instance = \"{import}\"` in `dependencies.{plug}`")
            }
        }
    }

    /// How something is left as it is.
    fn leave(self, import: &str) -> String {
        match self {
            Self::CommandLine => format!("`--import {import}` leaves it to the host"),
            Self::Manifest => "or leave the import out of the handler's world".to_owned(),
        }
    }

    /// What to do about a type that does not match.
    pub(super) fn mismatch(self) -> &'static str {
        match self {
            Self::CommandLine => "take a plug that was built against the same WIT, or build one of the two again",
            Self::Manifest => {
                "take a version of the dependency that was built against the same WIT, or build the handler against its"
            }
        }
    }

    /// What to do about a name that nobody imports.
    pub(super) fn no_such_import(self, imports: &[String]) -> String {
        let where_to = match self {
            Self::CommandLine => "before the `=` stands an import",
            Self::Manifest => "`instance` is an import of the handler's, or of another dependency's",
        };
        match imports {
            [] => format!("{where_to}; there is none"),
            imports => format!("{where_to}: `{}`", imports.join("`, `")),
        }
    }

    /// What to do about an import that nobody offers.
    pub(super) fn not_offered(self, import: &str, near: &[String]) -> String {
        let leave = self.leave(import);
        match near {
            [] => match self {
                Self::CommandLine => leave,
                Self::Manifest => {
                    format!("add a dependency that exports it: `cargo mik add …`; {leave}")
                }
            },
            near => format!("{}; {leave}", near.join("; ")),
        }
    }
}

/// Components that can't become one. Exit code 105.
#[derive(Debug, Error, Diagnostic)]
pub enum CompositionError {
    /// A file can't be read.
    #[error("the component can't be read")]
    #[diagnostic(code(mik::compose::read), help("is the path right? It is relative to where you are"))]
    Read {
        /// What the system said, with the path.
        source: io::Error,
    },
    /// A file is no WebAssembly.
    #[error("`{name}` is not WebAssembly")]
    #[diagnostic(
        code(mik::compose::not_wasm),
        help("name a component in binary form; text (`.wat`) becomes that with `wasm-tools parse`")
    )]
    NotWasm {
        /// The file.
        name: String,
    },
    /// A file is a core module.
    #[error("`{name}` is a core module, and components are composed")]
    #[diagnostic(
        code(mik::compose::core_module),
        help("build it with `cargo mik build`, or make a component of it with `wasm-tools component new`")
    )]
    CoreModule {
        /// The file.
        name: String,
    },
    /// A file is a component that no host would take.
    #[error("`{name}` is not a valid component")]
    #[diagnostic(code(mik::compose::invalid_input), help("was it cut short, or made for another host?"))]
    InvalidInput {
        /// The file.
        name: String,
        /// What is wrong with it.
        source: Source,
    },
    /// More than one plug fits.
    #[error("`{taker}` imports `{import}`, and `{}` export it", givers.join("` and `"))]
    #[diagnostic(code(mik::compose::ambiguous), help("{help}"))]
    Ambiguous {
        /// Who imports it.
        taker: String,
        /// The import.
        import: String,
        /// Who exports it.
        givers: Vec<String>,
        /// What to do.
        help: String,
    },
    /// Components that need each other.
    #[error("components need each other: {path}")]
    #[diagnostic(
        code(mik::compose::cycle),
        help(
            "a component is made of those that are there before it: take what two need of each other into a third, or into one of them"
        )
    )]
    Cycle {
        /// Who imports what of whom, to where it began.
        path: String,
        /// Who they are.
        names: Vec<String>,
    },
    /// A plug is given to an import that nobody has.
    #[error("nothing imports `{import}`, which `{plug}` is given to")]
    #[diagnostic(code(mik::compose::no_such_import), help("{help}"))]
    NoSuchImport {
        /// The plug.
        plug: String,
        /// The import, as written.
        import: String,
        /// What to do.
        help: String,
    },
    /// A plug is given to an import and exports nothing for it.
    #[error("`{plug}` is given to `{import}`, and exports {exports}")]
    #[diagnostic(
        code(mik::compose::no_such_export),
        help("a plug has an export of the import's name or type; or else one export, which is it")
    )]
    NoSuchExport {
        /// The plug.
        plug: String,
        /// The import.
        import: String,
        /// What it exports.
        exports: String,
    },
    /// Names that match and types that do not.
    #[error("`{}` of `{}` is not what `{}` imports as `{}`", wire.export, wire.from, wire.into, wire.import)]
    #[diagnostic(code(mik::compose::mismatch), help("{help}"))]
    Mismatch {
        /// Who imports what, and who exports what for it.
        wire: Box<Plugged>,
        /// What to do.
        help: &'static str,
        /// Where they differ.
        source: Source,
    },
    /// An import that nobody offers.
    #[error("`{taker}` imports `{import}`, and nobody exports it")]
    #[diagnostic(code(mik::compose::not_offered), help("{help}"))]
    NotOffered {
        /// Who imports it.
        taker: String,
        /// The import.
        import: String,
        /// What is near it, and what to do.
        help: String,
    },
    /// A plug for nothing.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Unused(#[from] UnusedPlug),
    /// An import that two of them have, and that is not the same for both.
    #[error("`{first}` and `{second}` both import `{import}`, and not the same")]
    #[diagnostic(
        code(mik::compose::conflict),
        help("what is imported by both is imported once: build one of the two again, against the other's WIT")
    )]
    Conflict {
        /// The import.
        import: String,
        /// Who has it.
        first: String,
        /// Who has it as well.
        second: String,
        /// Where they differ.
        source: Source,
    },
    /// What was made is not valid.
    #[error("what comes of `{socket}` and its plugs is not a valid component")]
    #[diagnostic(
        code(mik::compose::failed),
        help(
            "do they hand each other resources of an interface that only some of them get from the same place? Plug that one as \
             well, or leave it to the host for all of them. If not, please report the components"
        )
    )]
    Result {
        /// What they are plugged into.
        socket: String,
        /// What is wrong with it.
        source: Source,
    },
    /// A dependency that is served, under a name that can't be in a URL.
    #[error("`{name}` answers HTTP, and can't be served at /run/{name}/")]
    #[diagnostic(
        code(mik::compose::served_name),
        help("its name is its key in `dependencies`: write one of letters, digits and `-_.~`, such as `auth`")
    )]
    ServedName {
        /// The dependency.
        name: String,
    },
    /// The library that composes has given up.
    #[error("`{socket}` and its plugs are more than the composer can do")]
    #[diagnostic(code(mik::compose::unsupported), help("please report the components, with what is said above"))]
    Unsupported {
        /// What they are plugged into.
        socket: String,
    },
}

impl CompositionError {
    /// The names of the components that it is about.
    pub(super) fn about(&self) -> Vec<&str> {
        match self {
            Self::NotWasm { name } | Self::CoreModule { name } | Self::InvalidInput { name, .. } => vec![name],
            Self::ServedName { name } => vec![name],
            Self::Ambiguous { givers: names, .. } | Self::Cycle { names, .. } => {
                names.iter().map(String::as_str).collect()
            }
            Self::NoSuchImport { plug, .. } | Self::NoSuchExport { plug, .. } => vec![plug],
            Self::Mismatch { wire, .. } => vec![&wire.from, &wire.into],
            Self::NotOffered { taker, .. } => vec![taker],
            Self::Conflict { first, second, .. } => vec![first, second],
            Self::Read { .. } | Self::Unused(_) | Self::Result { .. } | Self::Unsupported { .. } => Vec::new(),
        }
    }
}

/// A plug that nobody imports anything of.
#[derive(Debug, Error, Diagnostic)]
#[error("nothing imports what `{plug}` exports: {exports}")]
#[diagnostic(code(mik::compose::unused))]
pub struct UnusedPlug {
    /// The plug.
    pub(super) plug: String,
    /// What it exports.
    pub(super) exports: String,
    /// What to do.
    #[help]
    pub(super) help: String,
}
