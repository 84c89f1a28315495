//! apt: asked what the machine is set up with, and run with one suite in a state of its own.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::error;
use crate::report::Reporter;
use crate::tools::{files, process};

/// One index or one package; apt itself gives up on a silent server much sooner.
const LIMIT: Duration = Duration::from_secs(600);
/// The package of wasi-libc.
pub(super) const LIBC: &str = "wasi-libc";

/// A package of a version that a suite offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Offer {
    pub(super) apt: Apt,
    pub(super) name: String,
    pub(super) version: String,
}

/// What a machine's apt is configured with: the indexes of packages, before any was downloaded.
pub(super) fn sources() -> Result<String, String> {
    let mut command = process::command("apt-get");
    command.args(["indextargets", "--no-release-info", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)"]);
    process::stdout(command.arg("Created-By: Packages")).map_err(|error| error::reason(&error))
}

/// The distribution's own archive, among all that apt knows of.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Archive {
    pub(super) uri: String,
    /// Whether its suites are Debian's.
    is_debian: bool,
    configured: Vec<String>,
    components: Vec<String>,
    keyring: Option<PathBuf>,
}

impl Archive {
    /// Finds it by the name of the distribution, or of one it is derived from, in the mirror's path; a mirror with a
    /// path of its own by the release's code name. Others that publish for a distribution have no component `main`
    /// with both.
    pub(super) fn configured(apt_sources: &str, os_release: &str) -> Option<Self> {
        let fact = |name: &str| {
            let line = os_release.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
            line.unwrap_or_default().trim_matches('"').to_owned()
        };
        let distributions = format!("{} {}", fact("ID"), fact("ID_LIKE"));
        let code_name = fact("VERSION_CODENAME");
        let indexes: Vec<(&str, &str, &str)> = apt_sources
            .lines()
            .filter_map(|line| {
                let mut words = line.split_whitespace();
                Some((words.next()?, words.next()?, words.next()?))
            })
            .filter(|(uri, ..)| !uri.starts_with("cdrom:"))
            .collect();
        let main = || indexes.iter().filter(|(_, _, component)| *component == "main");
        let by_path = |distribution| main().find(|(uri, ..)| uri.split('/').any(|part| part == distribution));
        let found =
            distributions.split_whitespace().find_map(|distribution| Some((distribution, by_path(distribution)?)));
        let (distribution, uri) = match found {
            Some((distribution, (uri, ..))) => (distribution, *uri),
            None => {
                let (uri, ..) = main().find(|(_, suite, _)| *suite == code_name)?;
                (distributions.split_whitespace().next()?, *uri)
            }
        };
        let own = || indexes.iter().filter(|index| index.0 == uri);
        // Where trust is not left to apt's own list of keys, the distribution keeps its keys here.
        let keyring = ["gpg", "pgp"]
            .map(|ending| PathBuf::from(format!("/usr/share/keyrings/{distribution}-archive-keyring.{ending}")))
            .into_iter()
            .find(|path| files::metadata(path).is_ok());
        Some(Self {
            uri: uri.to_owned(),
            is_debian: distribution == "debian",
            configured: unique(own().map(|(_, suite, _)| *suite)),
            components: unique(own().map(|(_, _, component)| *component).chain(["main"])),
            keyring,
        })
    }

    /// Where to look, in order.
    pub(super) fn suites(&self) -> Vec<String> {
        // Both distributions name the release that is being made; only Debian puts new versions beside the released.
        let (first, last): (&[&str], &[&str]) = match self.is_debian {
            true => (&["stable-backports"], &["testing", "unstable", "stable"]),
            false => (&[], &["devel"]),
        };
        let configured = self.configured.iter().map(String::as_str);
        unique(first.iter().copied().chain(configured).chain(last.iter().copied()))
    }
}

fn unique<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    names.fold(Vec::new(), |mut unique, name| {
        if !unique.iter().any(|other| other == name) {
            unique.push(name.to_owned());
        }
        unique
    })
}

/// apt with one suite and a state of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Apt {
    configuration: PathBuf,
}

impl Apt {
    pub(super) fn update(archive: &Archive, suite: &str, work: &Path, reporter: &Reporter) -> Result<Self, String> {
        let directory = work.join("apt").join(suite);
        for part in ["state/lists/partial", "cache/archives/partial", "parts"] {
            files::create_dir_all(directory.join(part)).map_err(|error| error.to_string())?;
        }
        let signed =
            archive.keyring.as_ref().map(|path| format!("[signed-by={}] ", path.display())).unwrap_or_default();
        let list = format!("deb {signed}{} {suite} {}\n", archive.uri, archive.components.join(" "));
        let configuration = directory.join("apt.conf");
        files::write(&directory.join("sources.list"), list.as_bytes())
            .and_then(|()| files::write(&configuration, settings(&directory).as_bytes()))
            .map_err(|error| format!("{error}: {}", error.source))?;
        let apt = Self { configuration };
        run(apt.command("apt-get").arg("update"), reporter)?;
        Ok(apt)
    }

    pub(super) fn command(&self, program: &str) -> Command {
        let mut command = process::command(program);
        // What apt says is read for reasons.
        command.env("LC_ALL", "C").env_remove("APT_CONFIG").arg("-c").arg(&self.configuration).arg("-q");
        command
    }

    /// The packages that the suite has of those that are looked for.
    pub(super) fn offers(&self, release: &str) -> Vec<Offer> {
        let mut command = self.command("apt-cache");
        command.args(["madison", "rust-src", LIBC]);
        // Ubuntu keeps several compilers, and has their minor version in the names.
        let minor: Vec<&str> = release.splitn(3, '.').take(2).collect();
        command.arg(format!("rust-{}-src", minor.join(".")));
        let answer = process::stdout(&mut command).unwrap_or_default();
        let offers = answer.lines().filter_map(|line| {
            let mut fields = line.split('|').map(str::trim);
            Some(Offer { apt: self.clone(), name: fields.next()?.to_owned(), version: fields.next()?.to_owned() })
        });
        offers.collect()
    }
}

/// What apt is told on top of the machine's own configuration.
fn settings(directory: &Path) -> String {
    let path = directory.display();
    format!(
        r#"Dir::Etc::SourceList "{path}/sources.list";
Dir::Etc::SourceParts "{path}/parts";
Dir::State "{path}/state";
Dir::Cache "{path}/cache";
# The directory is the user's alone, and the unprivileged user that apt downloads as for root could not enter it.
APT::Sandbox::User "root";
# What the machine does after an update of its own lists.
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
# A list that can't be had is an error, not a warning.
APT::Update::Error-Mode "any";
# Nothing but the packages' list, and no patience with a server that says nothing.
Acquire::Languages "none";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
Acquire::IndexTargets::deb::CNF::DefaultEnabled "false";
Acquire::Retries "1";
Acquire::http::Timeout "20";
Acquire::https::Timeout "20";
"#
    )
}

/// Runs one of apt's or dpkg's programs to its end, or says why it failed.
pub(super) fn run(command: &mut Command, reporter: &Reporter) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    process::watch(command, Some(LIMIT), |line| reporter.detail("Running", format!("{name}: {line}")))
        .map_err(|error| error::reason(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOOKWORM: &str = "ID=debian\nVERSION_CODENAME=bookworm\n";
    const NOBLE: &str = "ID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\n";

    fn archive(sources: &str, system: &str) -> Option<(String, Vec<String>)> {
        Archive::configured(sources, system).map(|archive| (archive.uri.clone(), archive.suites()))
    }

    #[test]
    fn debians_mirror_is_found_among_others() {
        let sources = "https://else.test/apt/ stable main\nhttp://mirror.test/debian-security/ bookworm-security main\n\
            http://mirror.test/debian/ bookworm main\nhttp://mirror.test/debian/ bookworm-updates main\n";
        let (uri, suites) = archive(sources, BOOKWORM).unwrap();
        assert_eq!(uri, "http://mirror.test/debian/");
        assert_eq!(
            suites,
            ["stable-backports", "bookworm", "bookworm-updates", "testing", "unstable", "stable"],
            "the small index first"
        );
    }

    #[test]
    fn ubuntus_is_not_taken_for_debians() {
        let sources = "https://else.test/linux/ubuntu/ noble stable\nhttp://mirror.test/ubuntu/ noble main\n\
            http://mirror.test/ubuntu/ noble universe\nhttp://mirror.test/ubuntu/ noble-updates main\n";
        let found = Archive::configured(sources, NOBLE).unwrap();
        assert_eq!(found.uri, "http://mirror.test/ubuntu/");
        assert_eq!(found.components, ["main", "universe"]);
        assert_eq!(found.suites(), ["noble", "noble-updates", "devel"]);
    }

    #[test]
    fn a_mirror_with_a_path_of_its_own_is_known_by_the_release() {
        let sources = "https://else.test/apt/ stable main\nhttp://mirror.test/pool-a/ bookworm main\n";
        assert_eq!(archive(sources, BOOKWORM).unwrap().0, "http://mirror.test/pool-a/");
        assert_eq!(archive("cdrom:[x]/ bookworm main\n", BOOKWORM), None);
    }
}
