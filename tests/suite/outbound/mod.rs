//! Requests that guests send: only to where they may, only to the address that was checked, and never without bounds.

pub(crate) mod exchange;
pub(crate) mod limits;
pub(crate) mod policy;
mod sight;

use std::thread;

use mik_tests::guest::{Guest, PROBE};
use mik_tests::{Names, Project, Server};

/// A guest with a configuration of its own, and the server that serves it.
struct Site {
    project: Project,
    server: Server,
}

impl Site {
    #[track_caller]
    fn new(name: &str, configuration: &str) -> Self {
        let project = PROBE.configured(name, configuration);
        Self { server: Server::start(&mut project.command("serve")), project }
    }

    /// The names are the only ones of theirs that resolve.
    #[track_caller]
    fn with_names(name: &str, configuration: &str, names: &Names) -> Self {
        Self::of(&PROBE, name, configuration, names)
    }

    #[track_caller]
    fn of(guest: &Guest, name: &str, configuration: &str, names: &Names) -> Self {
        let project = guest.configured(name, configuration);
        let server = Server::start(names.give(&mut project.command("serve")));
        Self { project, server }
    }

    /// Has the guest send a GET; gives what it says of the outcome.
    #[track_caller]
    fn ask(&self, url: &str) -> String {
        self.ask_with(url, "")
    }

    /// The same with more in the query.
    #[track_caller]
    fn ask_with(&self, url: &str, more: &str) -> String {
        self.server.ask_for(&format!("/outbound?url={url}{more}")).is(200).text().to_owned()
    }

    /// The configuration is another from now on.
    #[track_caller]
    fn configure(&self, configuration: &str) {
        self.project.write("mik.toml", configuration);
        self.server.wait_for("Rebuilding");
        self.server.wait_for("Live ");
    }
}

impl Drop for Site {
    #[expect(clippy::print_stderr, reason = "whoever reads of the failure wants to know what was said")]
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("{}", self.server.log());
        }
    }
}

/// The body that came back well.
#[track_caller]
fn body(outcome: &str) -> &str {
    assert!(outcome.starts_with("status 200\n"), "{outcome}");
    let (_, body) = outcome.split_once("\nlength ").unwrap_or_else(|| panic!("{outcome}"));
    body.split_once('\n').unwrap().1.trim_end_matches('\n')
}

#[track_caller]
fn is_error(outcome: &str, code: &str) {
    assert_eq!(outcome.trim_end().chars().take(300).collect::<String>(), format!("error ErrorCode::{code}"));
}

/// A policy of these hosts and leave for private addresses.
fn private(hosts: &[String]) -> String {
    format!("[server]\nhttp_allow_private = true\nhttp_allowed = {hosts:?}\n")
}
