//! Debian and its derivatives: `rust-src` and `wasi-libc` of the distribution, through apt as the machine is set up.
//!
//! apt works in a state of its own (lists, cache, sources), so nothing on the machine changes and nobody has to be
//! root. The mirror is one that apt is configured with, with its proxies and keys; only the suites are more, since the
//! source has to be of exactly rustc's version, and a rustc that rustup brought is newer than the release's own. The
//! suites are asked one by one, the small index first, because the large ones take seconds each.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::apt::{self, Apt, Archive, LIBC, Offer};
use super::libc;
use super::source::{self, Source};
use crate::project::Target;
use crate::report::{Event, Progress, Reporter};
use crate::tools::{files, process};

/// Half of what is in `library`: an incomplete copy of the registry's crates, and what generates code of `stdarch`.
const UNNEEDED: [&str; 4] =
    ["*/library/vendor", "*/stdarch/intrinsics_data", "*/stdarch/crates/stdarch-*", "*/stdarch/crates/intrinsic-test"];

/// The distribution's packages that a standard library is made of.
pub(super) struct Packages {
    work: PathBuf,
    reporter: Reporter,
    source: Result<Offer, String>,
    libc: Result<Offer, String>,
}

impl Packages {
    /// Asks the mirror what it has for a compiler.
    pub(super) fn fetch(release: &str, work: &Path, reporter: &Reporter) -> Result<Self, String> {
        let missing = |program: &str| format!("no `{program}` here, so this is no Debian");
        for program in ["apt-get", "dpkg-deb"] {
            which::which(program).map_err(|_| missing(program))?;
        }
        let system = files::read_to_string("/etc/os-release").unwrap_or_default();
        let archive = Archive::configured(&apt::sources()?, &system).ok_or("apt has no mirror of the distribution")?;

        let (mut source, mut wasi_libc) = (None, None);
        let mut failures = Vec::new();
        for suite in archive.suites() {
            let message = format!("the package list of {suite}");
            reporter.emit(Event::Progress(Progress { verb: "Downloading", message, position: None }));
            let apt = match Apt::update(&archive, &suite, work, reporter) {
                Ok(apt) => apt,
                // A mirror may lack a suite. Where it does not answer, the next suite would wait as long.
                Err(reason) if reason.contains("Release file") => continue,
                Err(reason) => {
                    failures.push(format!("{suite}: {reason}"));
                    break;
                }
            };
            let offers = apt.offers(release);
            let own_libc = offers.iter().find(|offer| offer.name == LIBC).cloned();
            if source.is_none() {
                source = offers.into_iter().find(|offer| offer.name != LIBC && is_of(&offer.version, release));
                // The two of one suite are made for each other.
                if source.is_some() && own_libc.is_some() {
                    wasi_libc = None;
                }
            }
            wasi_libc = wasi_libc.or(own_libc);
            if source.is_some() && wasi_libc.is_some() {
                break;
            }
        }
        let none = |what: String| match failures.is_empty() {
            true => format!("{what} at {}", archive.uri),
            false => failures.join("\n"),
        };
        Ok(Self {
            work: work.to_owned(),
            reporter: reporter.clone(),
            source: source.ok_or_else(|| none(format!("no `rust-src` of {release}"))),
            libc: wasi_libc.ok_or_else(|| none(format!("no `{LIBC}`"))),
        })
    }

    /// The source of exactly the compiler's version.
    pub(super) fn source(&self) -> Result<Source, String> {
        let offer = self.source.as_ref().map_err(Clone::clone)?;
        let unpacked = self.unpacked(offer, "*/library", &UNNEEDED)?;
        let trees = files::read_dir(unpacked.join("usr/src")).map_err(|error| error.to_string())?;
        let mut libraries = trees.flatten().map(|tree| tree.path().join("library"));
        let library = libraries.find(|path| source::is_library(path)).ok_or("the package holds no `library`")?;
        Ok(Source { name: format!("{} {}", offer.name, offer.version), library })
    }

    /// The directory of a target's wasi-libc.
    pub(super) fn libc(&self, target: Target) -> Result<PathBuf, String> {
        let offer = self.libc.as_ref().map_err(Clone::clone)?;
        let unpacked = self.unpacked(offer, "*/lib/wasm32-*", &[])?;
        let missing = || format!("{} {} has nothing for {target}", offer.name, offer.version);
        libc::find_in(&unpacked.join("usr/lib"), target).ok_or_else(missing)
    }

    /// Downloads a package and takes out what matches, unless that was done for another target.
    fn unpacked(&self, offer: &Offer, wanted: &str, unwanted: &[&str]) -> Result<PathBuf, String> {
        let directory = self.work.join(&offer.name);
        if files::metadata(&directory).is_ok() {
            return Ok(directory);
        }
        let step = |verb| {
            let message = format!("{} {}", offer.name, offer.version);
            self.reporter.emit(Event::Progress(Progress { verb, message, position: None }));
        };
        let download = self.work.join("download");
        drop(files::remove_dir_all(&download));
        files::create_dir_all(&download).map_err(|error| error.to_string())?;

        self.reporter.status("Downloading", format!("{} {}", offer.name, offer.version));
        step("Downloading");
        let mut get = offer.apt.command("apt-get");
        get.args(["download", &format!("{}={}", offer.name, offer.version)]).current_dir(&download);
        self.run(&mut get)?;
        let mut packages = files::read_dir(&download).map_err(|error| error.to_string())?.flatten();
        let package = packages.next().ok_or("apt-get left no package behind")?.path();

        step("Unpacking");
        let unpacking = self.work.join("unpacking");
        drop(files::remove_dir_all(&unpacking));
        files::create_dir_all(&unpacking).map_err(|error| error.to_string())?;
        // Not `dpkg-deb -x`: nine tenths of rust-src are the compiler's and LLVM's.
        let mut unpack = process::command("sh");
        unpack.args([
            "-c",
            r#"dpkg-deb --fsys-tarfile "$1" | { shift; tar -x --no-same-owner --wildcards "$@"; }"#,
            "sh",
        ]);
        unpack.arg(&package).arg("-C").arg(&unpacking);
        unpack.args(unwanted.iter().map(|pattern| format!("--exclude={pattern}"))).arg(wanted);
        self.run(&mut unpack)?;
        // Its name says that it is complete.
        files::rename(&unpacking, &directory).map_err(|error| error.to_string())?;
        drop(files::remove_dir_all(&download));
        Ok(directory)
    }

    fn run(&self, command: &mut Command) -> Result<(), String> {
        apt::run(command, &self.reporter)
    }
}

/// Whether a package's version is a distribution's of an upstream version.
fn is_of(version: &str, release: &str) -> bool {
    version.strip_prefix(release).is_some_and(|rest| rest.starts_with(['+', '-', '~']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_exactly_the_compilers_version_will_do() {
        assert!(is_of("1.95.0+dfsg1-2~bpo13+1", "1.95.0"));
        assert!(is_of("1.95.0-1", "1.95.0"));
        assert!(!is_of("1.95.01-1", "1.95.0"));
        assert!(!is_of("1.96.1+dfsg1-2~bpo13+1", "1.95.0"));
    }
}
