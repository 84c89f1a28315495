//! For which target a package is built, where `build.target = "auto"` leaves that to what it reaches.

use serde::{Deserialize, Serialize};

/// A decision for a target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Chosen {
    /// The package.
    pub package: String,
    /// The target's name.
    pub target: &'static str,
    /// Why it is not the smallest; nothing, where it is.
    pub reasons: Vec<TargetReason>,
    /// Whether an earlier build has decided, and nothing has changed since.
    pub fresh: bool,
}

impl Chosen {
    /// How many reasons people are shown.
    const SHOWN: usize = 5;

    /// For which target, in a line.
    pub fn heading(&self) -> String {
        let Self { package, target, .. } = self;
        format!("{target} for {package}")
    }

    /// Why, a line each.
    pub fn notes(&self) -> impl Iterator<Item = String> {
        let more = self.reasons.len().saturating_sub(Self::SHOWN);
        let more = (more > 0).then(|| format!("and {more} more; `--message-format json` tells all"));
        self.reasons.iter().take(Self::SHOWN).map(TargetReason::in_words).chain(more)
    }

    /// It as text for a log.
    pub fn lines(&self) -> Vec<String> {
        std::iter::once(format!("Chosen {}", self.heading())).chain(self.notes()).collect()
    }
}

/// Something that keeps a package from being built for the smallest target.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetReason {
    /// What the target lacks: `time`, `environment`, `files`, `network`, `threads`, `processes`, `streams`, `random`,
    /// `import`; or `build`, where the package could not be built for it; `names`, where it can't be told.
    pub lacks: String,
    /// What needs it: a function of std's, an import, or what the compiler said.
    pub what: String,
    /// The function, outside of the standard library, that calls it.
    pub by: Option<String>,
    /// The crate of that function, or the crate that could not be built.
    pub by_crate: Option<String>,
    /// The package's own function that this comes from, where it is another one.
    pub from: Option<String>,
    /// Where the package's own function calls on: file and line.
    pub at: Option<String>,
    /// The functions from the first that is not the standard library's to `what`.
    pub path: Vec<String>,
    /// What to write instead.
    pub instead: Option<String>,
}

impl TargetReason {
    /// For the eye: what is reached, by whom, and what to write instead.
    pub fn in_words(&self) -> String {
        let Self { lacks, what, by, by_crate, from, at, path: _, instead } = self;
        let place = at.as_ref().map(|at| format!(" ({at})")).unwrap_or_default();
        let mut words = match lacks.as_str() {
            "build" => match by_crate {
                Some(name) => format!("`{name}` does not compile for it: {what}"),
                None => format!("the package can't be built for it: {what}"),
            },
            "names" => what.clone(),
            _ => {
                let verb = if lacks == "import" { "is imported" } else { "is reached" };
                match (by, by_crate, from) {
                    (Some(by), Some(name), Some(from)) => {
                        format!("`{what}` {verb} by `{by}` of crate `{name}`, which `{from}`{place} calls")
                    }
                    (Some(by), Some(name), None) if at.is_none() => {
                        format!("`{what}` {verb} by `{by}` of crate `{name}`")
                    }
                    (Some(by), ..) => format!("`{what}` {verb} by `{by}`{place}"),
                    (None, ..) => format!("`{what}` {verb}"),
                }
            }
        };
        if let Some(instead) = instead {
            words.push_str("; ");
            words.push_str(instead);
        }
        words
    }
}
