//! Submodules: commits of other repositories that a commit names, checked out within its files, and theirs within theirs.
//!
//! Their repositories lie within the one that leads to them: who has its lock has theirs.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Repository, failed};
use crate::deps::problem::{GitWords, Problem};
use crate::project::GitReference;
use crate::tools::{files, process};

/// How far down they may go.
const DEPTH: usize = 8;
/// How many of them a commit may have in all.
const MOST: usize = 256;

/// What a commit says of one.
#[derive(Debug, PartialEq, Eq)]
struct Submodule {
    path: String,
    commit: String,
    url: String,
}

impl Repository<'_> {
    /// Puts the files of a commit's submodules among its own, in `tree`. What is missing is fetched.
    pub(super) fn checkout_submodules(&self, commit: &str, tree: &Path) -> Result<(), Problem> {
        let mut left = MOST;
        self.each_submodule(commit, tree, (DEPTH, &mut left), &mut |module, within, commit| {
            if !module.has(commit) {
                module.must_be_online()?;
                module.fetch(&GitReference::Rev(commit.to_owned()))?;
            }
            // Itself, and nothing that is called like it.
            if !module.has(commit) {
                return Err(module.no_reference(&GitReference::Rev(commit.to_owned())));
            }
            module.write_tree(commit, within)?;
            Ok(true)
        })
        .map(drop)
    }

    /// Whether the files of a commit's submodules are as they are in their commits.
    pub(super) fn has_submodules(&self, commit: &str, tree: &Path) -> Result<bool, Problem> {
        let mut left = MOST;
        self.each_submodule(commit, tree, (DEPTH, &mut left), &mut |module, within, commit| {
            Ok(module.has(commit) && module.has_tree(commit, within)?)
        })
    }

    /// Does something for every submodule, from the outside in, as long as it comes to `true`.
    fn each_submodule(
        &self,
        commit: &str,
        tree: &Path,
        (depth, left): (usize, &mut usize),
        act: &mut dyn FnMut(&Repository<'_>, &Path, &str) -> Result<bool, Problem>,
    ) -> Result<bool, Problem> {
        for Submodule { path, commit, url } in self.submodules(commit)? {
            let too_many = |what: String| Problem::Git {
                what: format!("check out the submodule `{path}` of `{}`", self.url),
                source: GitWords(what),
                help: "depend on a component that was built of it: one in a registry, or a file by `url`",
            };
            *left = left.checked_sub(1).ok_or_else(|| too_many(format!("there are more than {MOST} submodules")))?;
            let depth = depth.checked_sub(1);
            let depth =
                depth.ok_or_else(|| too_many(format!("submodules within submodules, more than {DEPTH} deep")))?;
            let within = tree.join(&path);
            if !is_within(&within, tree) {
                return Err(too_many("its place is not within the files of the commit".to_owned()));
            }
            let module = self.submodule(&url)?;
            if !act(&module, &within, &commit)? || !module.each_submodule(&commit, &within, (depth, &mut *left), act)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The repository of a submodule.
    fn submodule(&self, url: &str) -> Result<Repository<'_>, Problem> {
        let cache = self.directory.join("modules");
        let module = match is_place(url) {
            true => Repository::at(&cache, url, self.is_offline, self.reporter),
            false => Repository::new(&cache, url, self.is_offline, self.reporter)?,
        };
        // What is on this machine is nobody's on another to ask for (CVE-2022-39253).
        if module.url.starts_with("file:") && !self.url.starts_with("file:") {
            return Err(Problem::Url {
                url: url.to_owned(),
                what: format!("is a directory of this machine, which the repository `{}` may not lead to", self.url),
                help: "depend on a component that was built of it: one in a registry, or a file by `url`",
            });
        }
        Ok(module)
    }

    /// The submodules that a commit has, in the order of their paths. Without an address, or meant not to be checked out, it is none.
    fn submodules(&self, commit: &str) -> Result<Vec<Submodule>, Problem> {
        let list = process::stdout(self.git().args(["ls-tree", "-r", "-z", commit]));
        let list = list.map_err(|error| failed("list the files", &self.url, error))?;
        let links: Vec<(&str, &str)> = list.split('\0').filter_map(link).collect();
        if links.is_empty() {
            return Ok(Vec::new());
        }
        let blob = format!("{commit}:.gitmodules");
        let configuration = process::stdout(self.git().args(["config", "--blob", &blob, "--null", "--list"]));
        let sections = sections(&configuration.unwrap_or_default());
        let of = |(commit, path): (&str, &str)| {
            let section = sections.values().find(|section| section.get("path").is_some_and(|it| it == path))?;
            let is_meant = section.get("update").is_none_or(|update| update != "none");
            let url = resolved(&self.url, section.get("url")?);
            is_meant.then(|| Submodule { path: path.to_owned(), commit: commit.to_owned(), url })
        };
        Ok(links.into_iter().filter_map(of).collect())
    }
}

/// The commit and the path of a line of `git ls-tree -z`, if it is a submodule's.
fn link(line: &str) -> Option<(&str, &str)> {
    line.strip_prefix("160000 commit ")?.split_once('\t')
}

/// `git config --null --list` of `.gitmodules`: by name, what is said of each submodule. What is said last holds.
fn sections(text: &str) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut sections: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for entry in text.split('\0') {
        let (key, value) = entry.split_once('\n').unwrap_or((entry, ""));
        let name = key.strip_prefix("submodule.").and_then(|rest| rest.rsplit_once('.'));
        if let Some((name, variable)) = name {
            sections.entry(name.to_owned()).or_default().insert(variable.to_owned(), value.to_owned());
        }
    }
    sections
}

/// Whether this is what ssh calls a place, `user@host:path`. What runs a program (`ext::`) is none, nor is what could be a flag.
fn is_place(url: &str) -> bool {
    let is_host = |host: &str| !host.is_empty() && !host.starts_with('-') && !host.contains(['/', '\\', ' ']);
    let parts = url.split_once(':').filter(|(host, path)| is_host(host) && !path.starts_with([':', '-']));
    parts.is_some_and(|(_, path)| !path.starts_with("//") && !url.contains(char::is_control))
}

/// A submodule's URL as it is from `parent`: `./` and `../` start at the parent's own (gitmodules(5)).
fn resolved(parent: &str, url: &str) -> String {
    if url.starts_with("./") || url.starts_with("../") {
        let (mut base, mut rest) = (parent.trim_end_matches('/'), url);
        loop {
            if let Some(after) = rest.strip_prefix("./") {
                rest = after;
            } else if let Some(after) = rest.strip_prefix("../") {
                // No further than the host.
                base = base.rsplit_once('/').map_or(base, |(up, _)| if up.ends_with('/') { base } else { up });
                rest = after;
            } else {
                return format!("{base}/{rest}");
            }
        }
    }
    url.to_owned()
}

/// Whether a directory is there and really within another: on the way there may be links.
fn is_within(directory: &Path, outer: &Path) -> bool {
    let real = |path: &Path| files::canonicalize(path).ok();
    let is_directory = files::symlink_metadata(directory).is_ok_and(|it| it.is_dir());
    is_directory && real(directory).zip(real(outer)).is_some_and(|(inner, outer)| inner.starts_with(outer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_start_at_the_parents() {
        let parent = "https://example.com/team/shop.git";
        for (url, expected) in [
            ("../wit.git", "https://example.com/team/wit.git"),
            ("../../other/wit", "https://example.com/other/wit"),
            ("../../../../wit", "https://example.com/wit"),
            ("./wit", "https://example.com/team/shop.git/wit"),
            ("git@example.com:team/wit.git", "git@example.com:team/wit.git"),
            ("https://example.com/wit", "https://example.com/wit"),
        ] {
            assert_eq!(resolved(parent, url), expected, "{url}");
        }
        assert_eq!(resolved("git@example.com:team/shop.git", "../wit.git"), "git@example.com:team/wit.git");
        for (url, expected) in [
            ("git@example.com:team/wit.git", true),
            ("host:wit", true),
            ("https://example.com/wit", false),
            ("ext::sh -c date", false),
            ("-oProxyCommand=date:x", false),
            ("../wit", false),
            ("/wit:x", false),
        ] {
            assert_eq!(is_place(url), expected, "{url}");
        }
    }

    #[test]
    fn a_submodule_has_a_name_with_dots_and_the_last_word_holds() {
        let sections =
            sections("submodule.a.b/c.path\nwit\0submodule.a.b/c.url\nx\0submodule.a.b/c.url\ny\nz\0core.x\n1\0");
        assert_eq!(sections.len(), 1);
        assert_eq!(sections["a.b/c"]["url"], "y\nz");
        assert_eq!(link("160000 commit 0f\ta b"), Some(("0f", "a b")));
        assert_eq!(link("100644 blob 0f\ta"), None);
    }
}
