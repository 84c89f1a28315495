//! What a package says of itself in `[package]`, inherited or not: its components carry it.

use serde::Serialize;

/// What a package says of itself. What it does not say is not carried.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct About {
    /// `description`
    pub description: Option<String>,
    /// `license`, an SPDX expression where it is written as cargo's documentation asks for.
    pub license: Option<String>,
    /// `repository`
    pub repository: Option<String>,
    /// `homepage`
    pub homepage: Option<String>,
    /// `authors`
    pub authors: Vec<String>,
}

impl About {
    /// As cargo has read it.
    pub(super) fn of(package: &cargo_metadata::Package) -> Self {
        let cargo_metadata::Package { description, license, repository, homepage, authors, .. } = package;
        Self {
            description: description.clone(),
            license: license.clone(),
            repository: repository.clone(),
            homepage: homepage.clone(),
            authors: authors.clone(),
        }
    }
}
