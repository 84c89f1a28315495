//! An environment that a test has set.

use std::cell::RefCell;

use super::scope::{self, Scope};

type Variables = Vec<(String, String)>;

thread_local! {
    static VARIABLES: RefCell<Option<Variables>> = const { RefCell::new(None) };
}

/// An environment that a test has set: see [`env`](fn@super::env).
#[derive(Debug)]
#[must_use = "the variables are set only as long as this is kept: `let env = testing::env(…)`"]
pub struct Environment(Scope<Variables>);

/// Sets the whole environment of this thread, until what this returns is dropped: these variables and no others, as a
/// component has those that it is given and nothing of its host's.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// let variables = testing::env([("GREETING", "Saluton")]);
/// assert_eq!(env::get("GREETING").as_deref(), Some("Saluton"));
/// assert_eq!(env::get("PATH"), None);
///
/// variables.set("GREETING", "Hello");
/// assert_eq!(env::get_or("GREETING", "Hi"), "Hello");
///
/// variables.unset("GREETING");
/// assert_eq!(env::get_or("GREETING", "Hi"), "Hi");
/// ```
pub fn env<N: Into<String>, V: Into<String>>(variables: impl IntoIterator<Item = (N, V)>) -> Environment {
    let variables = variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
    Environment(Scope::enter(&VARIABLES, variables))
}

impl Environment {
    /// Sets one more variable, or another value for one.
    pub fn set(&self, name: &str, value: impl Into<String>) {
        self.unset(name);
        self.0.with(|variables| variables.push((name.to_owned(), value.into())));
    }

    /// Takes a variable away.
    pub fn unset(&self, name: &str) {
        self.0.with(|variables| variables.retain(|(known, _)| known != name));
    }
}

/// The environment, where the test on this thread has set it.
pub(crate) fn variables() -> Option<Vec<(String, String)>> {
    scope::with(&VARIABLES, |variables| variables.clone())
}
