//! Versions of a package: which tag or file is which, and which of them fits best.

use semver::{Version, VersionReq};

use super::error::PackageError;

/// How many versions are named where none fits.
const NAMED: usize = 8;

/// The version that a tag stands for. No tag has a `+`: `cargo mik publish` writes `_` for it.
pub(super) fn of_tag(tag: &str) -> Option<Version> {
    Version::parse(&tag.replacen('_', "+", 1)).ok()
}

/// Which versions are wanted, as it is written: cargo's requirements.
pub(super) fn requirement(text: &str) -> Result<VersionReq, PackageError> {
    VersionReq::parse(text)
        .map_err(|error| PackageError::BadRequirement { text: text.to_owned(), why: error.to_string() })
}

/// The one version that a text names, if it names one in full, as wkg writes them.
pub(super) fn exactly(text: &str) -> Option<VersionReq> {
    Version::parse(text).is_ok().then(|| VersionReq::parse(&format!("={text}")).ok())?
}

/// The highest version that fits. Pre-releases fit where they are asked for.
pub(super) fn best(versions: impl IntoIterator<Item = Version>, wanted: &VersionReq) -> Option<Version> {
    versions.into_iter().filter(|version| wanted.matches(version)).max()
}

/// What there is in place of what is wanted.
pub(super) fn in_words(mut versions: Vec<Version>, others: &[String]) -> String {
    versions.sort_by(|one, other| other.cmp(one));
    let quoted = |names: Vec<String>| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let named = quoted(versions.iter().take(NAMED).map(ToString::to_string).collect());
    match versions.as_slice() {
        [] if others.is_empty() => "it has no version at all".to_owned(),
        [] => format!("it has no version, only {}", quoted(others.iter().take(NAMED).cloned().collect())),
        [highest, ..] if versions.iter().all(|version| !version.pre.is_empty()) => {
            format!("it has pre-releases alone, which have to be asked for, such as with `{highest}`: {named}")
        }
        all if all.len() > NAMED => format!("it has {named} and {} others", all.len() - NAMED),
        _ => format!("it has {named}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best_of(tags: &[&str], wanted: &str) -> Option<String> {
        let versions = tags.iter().filter_map(|tag| of_tag(tag));
        best(versions, &requirement(wanted).unwrap()).map(|version| version.to_string())
    }

    #[test]
    fn the_highest_that_fits_is_taken_and_no_pre_release_unless_it_is_asked_for() {
        let tags = ["1.0.0", "1.2.0", "1.10.0", "2.0.0-rc.1", "0.3.1", "0.4.0", "latest", "v3.0.0", "sha256-00"];
        for (wanted, found) in [
            ("1", Some("1.10.0")),
            ("1.2.0", Some("1.10.0")),
            ("~1.2", Some("1.2.0")),
            ("=1.0.0", Some("1.0.0")),
            (">=1, <1.10", Some("1.2.0")),
            ("0.3", Some("0.3.1")),
            ("*", Some("1.10.0")),
            ("2", None),
            ("2.0.0-rc.1", Some("2.0.0-rc.1")),
        ] {
            assert_eq!(best_of(&tags, wanted).as_deref(), found, "{wanted}");
        }
    }

    #[test]
    fn what_builds_of_a_version_differ_by_is_in_a_tag_behind_an_underscore() {
        assert_eq!(of_tag("1.0.0_build.5"), Version::parse("1.0.0+build.5").ok());
        assert_eq!(of_tag("1.0"), None);
        assert_eq!((exactly("1.0"), exactly("1.0.0")), (None, VersionReq::parse("=1.0.0").ok()));
    }

    #[test]
    fn what_there_is_instead_is_told() {
        let words = |tags: &[&str], others: &[&str]| {
            let others: Vec<String> = others.iter().map(|&other| other.to_owned()).collect();
            in_words(tags.iter().filter_map(|tag| of_tag(tag)).collect(), &others)
        };
        assert_eq!(words(&["1.0.0", "1.1.0"], &["latest"]), "it has `1.1.0`, `1.0.0`");
        assert!(words(&["1.0.0-rc.1"], &[]).contains("pre-releases alone"));
        assert_eq!(words(&[], &["latest"]), "it has no version, only `latest`");
        assert_eq!(words(&[], &[]), "it has no version at all");
    }
}
