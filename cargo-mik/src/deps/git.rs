//! Repositories of git's: fetched into the cache as bare ones, names resolved to commits, commits checked out once.
//!
//! All is done by the system's `git`: it knows the user's keys, helpers and proxies.

mod submodules;

use std::path::{Path, PathBuf};
use std::process::Command;

use mik_build::store;
use tempfile::TempDir;

use super::problem::{GitWords, Problem};
use crate::project::GitReference;
use crate::report::{Event, Progress, Reporter};
use crate::tools::files;
use crate::tools::plain;
use crate::tools::process::{self, ProcessError};
use crate::tools::temporary::Temporary;

/// What the names of directories begin with that are not whole yet.
pub(super) const UNFINISHED: &str = ".new-";

/// Variables by which a git that has started us says where it is: a hook's, for one. They are about its repository, not about ours.
const OF_ANOTHER: [&str; 6] =
    ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR", "GIT_NAMESPACE"];

/// A repository in the cache.
pub(super) struct Repository<'a> {
    url: String,
    /// The bare repository.
    directory: PathBuf,
    /// The directories of commits.
    checkouts: PathBuf,
    /// Whether nothing may be fetched.
    is_offline: bool,
    reporter: &'a Reporter,
}

impl<'a> Repository<'a> {
    /// The one of a URL; whether it is there is another question.
    pub(super) fn new(cache: &Path, url: &str, is_offline: bool, reporter: &'a Reporter) -> Result<Self, Problem> {
        let wrong = |what: &str| Problem::Url {
            url: url.to_owned(),
            what: what.to_owned(),
            help: "write the whole of it, such as `https://example.com/user/repo.git` or `ssh://git@example.com/user/repo.git`",
        };
        let scheme = url.split_once("://").map(|(scheme, _)| scheme);
        if !matches!(scheme, Some("https" | "http" | "ssh" | "git" | "file")) {
            return Err(wrong("is no URL of a git repository"));
        }
        if url.contains(|c: char| c.is_control()) {
            return Err(wrong("has control characters in it"));
        }
        Ok(Self::at(cache, url, is_offline, reporter))
    }

    /// The one of whatever git takes for a place.
    fn at(cache: &Path, url: &str, is_offline: bool, reporter: &'a Reporter) -> Self {
        let name = store::repository_name(url);
        let (directory, checkouts) = (cache.join(format!("{name}.git")), cache.join(name));
        Self { url: url.to_owned(), directory, checkouts, is_offline, reporter }
    }

    /// Whether something was fetched before.
    pub(super) fn is_there(&self) -> bool {
        self.directory.join("HEAD").is_file()
    }

    /// Whether a commit is there.
    pub(super) fn has(&self, commit: &str) -> bool {
        self.is_there() && self.commit_of(commit).is_ok()
    }

    /// Fetches what a reference leads to now.
    pub(super) fn fetch(&self, reference: &GitReference) -> Result<(), Problem> {
        self.reporter.status("Fetching", self.shown());
        let was_there = self.is_there();
        match self.fetch_once(reference) {
            // What was left by a program or a machine that has stopped in the middle is made anew.
            Err(Problem::Git { source: GitWords(words), .. }) if was_there && is_damage(&words) => {
                self.reporter.detail("Removing", self.directory.display().to_string());
                files::remove_dir_all(&self.directory).map_err(|source| Problem::Cache { source })?;
                self.fetch_once(reference)
            }
            result => result,
        }
    }

    fn fetch_once(&self, reference: &GitReference) -> Result<(), Problem> {
        self.make()?;
        let everything =
            ["+HEAD:refs/remotes/origin/HEAD", "+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"];
        let one = match reference {
            GitReference::Default => "+HEAD:refs/remotes/origin/HEAD".to_owned(),
            GitReference::Branch(name) => format!("+refs/heads/{name}:refs/remotes/origin/{name}"),
            GitReference::Tag(name) => format!("+refs/tags/{name}:refs/tags/{name}"),
            GitReference::Rev(name) if name.starts_with("refs/") => format!("+{name}:{name}"),
            // Servers that let a commit be asked for by its name save the rest; the others are asked for all they have.
            GitReference::Rev(commit) if is_commit(commit) => match self.fetch_these(&[commit]) {
                Ok(()) => return Ok(()),
                Err(_) => return self.fetch_these(&everything),
            },
            GitReference::Rev(_) => return self.fetch_these(&everything),
        };
        self.fetch_these(&[&one]).map_err(|problem| self.missing(problem, reference))
    }

    fn fetch_these(&self, names: &[&str]) -> Result<(), Problem> {
        let mut command = self.git();
        // In the foreground: nothing of it goes on when we have ended.
        command.args(["-c", "gc.auto=0", "-c", "maintenance.auto=false"]);
        command
            .args(["fetch", "--progress", "--force", "--no-tags", "--no-write-fetch-head", "--", &self.url])
            .args(names);
        let message = self.shown();
        let progress = |line: &str| {
            // `git` writes each step over the last.
            let step = line.rsplit('\r').next().unwrap_or_default().trim();
            let mut message = format!("{message}: ");
            plain::push(&mut message, step, 200);
            self.reporter.emit(Event::Progress(Progress { verb: "Fetching", message, position: None }));
        };
        let result = process::watch(&mut command, None, progress);
        self.reporter.emit(Event::ProgressEnd);
        result.map_err(|error| failed("fetch the repository", &self.url, error))
    }

    /// The commit that a reference leads to, by what was fetched.
    pub(super) fn resolve(&self, reference: &GitReference) -> Result<String, Problem> {
        let candidates = match reference {
            GitReference::Default => vec!["refs/remotes/origin/HEAD".to_owned()],
            GitReference::Branch(name) => vec![format!("refs/remotes/origin/{name}")],
            GitReference::Tag(name) => vec![format!("refs/tags/{name}")],
            GitReference::Rev(name) => {
                vec![name.clone(), format!("refs/tags/{name}"), format!("refs/remotes/origin/{name}")]
            }
        };
        let found = candidates.iter().find_map(|candidate| self.commit_of(candidate).ok());
        found.ok_or_else(|| self.no_reference(reference))
    }

    fn commit_of(&self, name: &str) -> Result<String, ProcessError> {
        let name = format!("{name}^{{commit}}");
        process::stdout(self.git().args(["rev-parse", "--verify", "--quiet", "--end-of-options", &name]))
    }

    /// The directory with the files of a commit; it is made where it is missing, whole or not at all. Of submodules there may be empty
    /// directories.
    pub(super) fn checkout(&self, commit: &str) -> Result<PathBuf, Problem> {
        self.checkout_with(commit, false)
    }

    /// The same with the files of its submodules, and of theirs.
    pub(super) fn checkout_all(&self, commit: &str) -> Result<PathBuf, Problem> {
        self.checkout_with(commit, true)
    }

    fn checkout_with(&self, commit: &str, submodules: bool) -> Result<PathBuf, Problem> {
        let place = self.checkouts.join(commit);
        let cache = |source| Problem::Cache { source };
        if place.is_dir() {
            if self.has_tree(commit, &place)? && (!submodules || self.has_submodules(commit, &place)?) {
                return Ok(place);
            }
            self.reporter.detail("Restoring", format!("{}: files of the commit have changed", place.display()));
            files::remove_dir_all(&place).map_err(cache)?;
        }
        files::create_dir_all(&self.checkouts).map_err(cache)?;
        let unfinished = files::temporary_directory(self.parent(), UNFINISHED).map_err(cache)?;
        let tree = unfinished.path().join("tree");
        files::create_dir_all(&tree).map_err(cache)?;
        self.write_tree(commit, &tree)?;
        if submodules {
            self.checkout_submodules(commit, &tree)?;
        }
        match files::rename(&tree, &place) {
            // Another process has been faster.
            Err(_) if place.is_dir() => Ok(place),
            Err(source) => Err(cache(source)),
            Ok(()) => Ok(place),
        }
    }

    /// Writes the files of a commit into a directory that is there; of submodules there are empty directories then.
    fn write_tree(&self, commit: &str, tree: &Path) -> Result<(), Problem> {
        let index = self.index()?;
        for arguments in [&["read-tree", commit][..], &["checkout-index", "--all", "--force"]] {
            self.with_index(&index, tree, arguments)
                .map_err(|error| failed("check out the commit", &self.url, error))?;
        }
        Ok(())
    }

    /// Whether every file of a commit is in a directory as it is in the commit, by content. What a build has put beside them does not
    /// count.
    fn has_tree(&self, commit: &str, tree: &Path) -> Result<bool, Problem> {
        let index = self.index()?;
        let read = self.with_index(&index, tree, &["read-tree", commit]);
        read.map_err(|error| failed("read the commit", &self.url, error))?;
        // It fails where a file is another one, or is not there.
        Ok(self.with_index(&index, tree, &["update-index", "--refresh"]).is_ok())
    }

    /// A directory for an index that nobody else uses.
    fn index(&self) -> Result<Temporary<TempDir>, Problem> {
        files::temporary_directory(self.parent(), UNFINISHED).map_err(|source| Problem::Cache { source })
    }

    fn with_index(&self, index: &Temporary<TempDir>, tree: &Path, arguments: &[&str]) -> Result<String, ProcessError> {
        let mut command = self.git();
        command.arg("--work-tree").arg(tree).env("GIT_INDEX_FILE", index.path().join("index")).args(arguments);
        process::stdout(&mut command)
    }

    /// That something may be fetched.
    pub(super) fn must_be_online(&self) -> Result<(), Problem> {
        if self.is_offline { Err(Problem::Offline { what: format!("`{}`", self.url) }) } else { Ok(()) }
    }

    /// The paths of the components that a commit has.
    pub(super) fn components(&self, commit: &str) -> Result<Vec<String>, Problem> {
        let mut command = self.git();
        command.args(["ls-tree", "-r", "--name-only", "-z", commit]);
        let names = process::stdout(&mut command).map_err(|error| failed("list the files", &self.url, error))?;
        Ok(names.split('\0').filter(|name| name.ends_with(".wasm")).map(str::to_owned).collect())
    }

    /// Makes the bare repository where it is missing.
    fn make(&self) -> Result<(), Problem> {
        if self.is_there() {
            return Ok(());
        }
        let cache = |source| Problem::Cache { source };
        files::create_dir_all(self.parent()).map_err(cache)?;
        let unfinished = files::temporary_directory(self.parent(), UNFINISHED).map_err(cache)?;
        let bare = unfinished.path().join("bare");
        // No template: hooks of the user's are for repositories of the user's.
        let mut command = git();
        command.args(["init", "--bare", "--quiet", "--template="]).arg(&bare);
        process::stdout(&mut command).map_err(|error| failed("make a repository", &self.url, error))?;
        match files::rename(&bare, &self.directory) {
            Err(_) if self.is_there() => Ok(()),
            made => made.map_err(cache),
        }
    }

    fn git(&self) -> Command {
        let mut command = git();
        command.arg("--git-dir").arg(&self.directory);
        command
    }

    fn parent(&self) -> &Path {
        self.directory.parent().unwrap_or(Path::new("."))
    }

    fn shown(&self) -> String {
        let mut shown = String::new();
        plain::push(&mut shown, &self.url, 200);
        shown
    }

    /// What is wrong, where the repository was reached and has no such name.
    fn missing(&self, problem: Problem, reference: &GitReference) -> Problem {
        match &problem {
            Problem::Git { source: GitWords(words), .. } if words.contains("couldn't find remote ref") => {
                self.no_reference(reference)
            }
            _ => problem,
        }
    }

    fn no_reference(&self, reference: &GitReference) -> Problem {
        let (what, help) = match reference {
            GitReference::Default => {
                ("default branch".to_owned(), "is it empty? Name a branch: `--branch main`".to_owned())
            }
            GitReference::Branch(name) => (format!("branch `{name}`"), self.list("--heads", "branches")),
            GitReference::Tag(name) => (format!("tag `{name}`"), self.list("--tags", "tags")),
            GitReference::Rev(name) => (
                format!("commit `{name}`"),
                "was it force-pushed away? Branches and tags go under `branch` and `tag`".to_owned(),
            ),
        };
        Problem::NoReference { url: self.url.clone(), reference: what, help }
    }

    /// What there is instead.
    fn list(&self, which: &str, what: &str) -> String {
        const MOST: usize = 8;
        let mut command = git();
        command.args(["ls-remote", which, "--refs", "--", &self.url]);
        let lines = process::stdout(&mut command).unwrap_or_default();
        let name = |line: &str| line.split_once('\t')?.1.splitn(3, '/').nth(2).map(str::to_owned);
        let names: Vec<String> = lines.lines().rev().filter_map(name).take(MOST).collect();
        match names.as_slice() {
            [] => format!("it has no {what}"),
            names => format!("its {what}: {}", names.join(", ")),
        }
    }
}

/// `git` as it has to be here: nobody is asked anything, and its words are in one language.
fn git() -> Command {
    let mut command = process::command("git");
    command.env("GIT_TERMINAL_PROMPT", "0").env("LC_ALL", "C").env("LANGUAGE", "C");
    for variable in OF_ANOTHER {
        command.env_remove(variable);
    }
    command
}

fn is_commit(name: &str) -> bool {
    matches!(name.len(), 40 | 64) && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether git says that what is in the cache is broken, or locked by somebody who is gone.
fn is_damage(words: &str) -> bool {
    [
        ".lock",
        "corrupt",
        "not a git repository",
        "bad object",
        "loose object",
        "did not send all necessary objects",
        "unable to read",
    ]
    .iter()
    .any(|sign| words.contains(sign))
}

fn failed(what: &str, url: &str, error: ProcessError) -> Problem {
    match error {
        ProcessError::Start { source, .. } => Problem::NoGit { source },
        ProcessError::Failed { stderr, .. } => {
            let help = if ["Authentication failed", "could not read Username", "Permission denied"]
                .iter()
                .any(|it| stderr.contains(it))
            {
                "does `git clone` with this URL work? A key or a credential helper of git's has to know you: nobody is asked here"
            } else {
                "does `git clone` with this URL work?"
            };
            Problem::Git { what: format!("{what} `{url}`"), source: GitWords(stderr), help }
        }
        ProcessError::TooLong { .. } => Problem::Git {
            what: format!("{what} `{url}`"),
            source: GitWords("it took too long".to_owned()),
            help: "try again",
        },
    }
}
