//! Edit after edit, some of them broken, while requests come without a pause.
//!
//! `MIK_SOAK_EDITS=100` makes it the long version: as many edits as it says.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use mik_tests::{Body, Project, Server};

/// So many without being told.
const EDITS: usize = 12;
const CLIENTS: usize = 4;
/// How much more memory there may be at the end, in bytes: what allocators keep, and no versions.
const MEMORY: u64 = 100 << 20;

/// What clients know of the edits.
#[derive(Default)]
struct Progress {
    /// The version that answers at least.
    live: AtomicUsize,
    is_over: AtomicBool,
}

#[test]
fn edits_under_load_fail_no_request_and_leave_nothing_open() {
    let edits = std::env::var("MIK_SOAK_EDITS").map_or(EDITS, |edits| edits.parse().expect("a number of edits"));
    let project = Project::saying("soak", "version 0");
    let server = Server::start(&mut project.command("serve"));
    let progress = Progress::default();
    thread::scope(|scope| {
        let clients = [(); CLIENTS].map(|()| scope.spawn(|| ask_until_the_end(&server, &progress)));
        let mut changes = 0;
        let mut before = None;
        for edit in 1..=edits {
            match edit % 4 {
                // No change at all: new bytes that are the old ones, and a file that nobody reads.
                1 => {
                    project.write("src/lib.rs", project.read("src/lib.rs"));
                    project.write("notes.md", format!("edit {edit}"));
                }
                3 => {
                    let source = project.read("src/lib.rs");
                    project.append("src/lib.rs", &format!("\nfn broken_{edit}( {{\n"));
                    server.wait_for("the last good version goes on serving");
                    project.write("src/lib.rs", source);
                    server.wait_for("Unchanged");
                    changes += 2;
                }
                _ => {
                    project.say(&format!("version {edit}"));
                    server.wait_for("Live ");
                    progress.live.store(edit, Ordering::SeqCst);
                    changes += 1;
                    // Whatever is opened once has been.
                    before.get_or_insert_with(|| (server.open_files(), server.memory()));
                }
            }
        }
        let after = (server.open_files(), server.memory());
        progress.is_over.store(true, Ordering::SeqCst);
        let answers: usize = clients.into_iter().map(|client| client.join().unwrap()).sum();
        assert!(answers > CLIENTS * edits, "{answers} answers");
        assert_eq!(server.log().matches("Rebuilding").count(), changes, "{}", server.log());
        let before = before.expect("there were edits");
        eprintln!(
            "{answers} answers; open files and memory: {before:?} after the first swap, {after:?} after the last"
        );
        // A component may be being read just now.
        assert!(after.0 <= before.0 + 1, "{} open files where there were {}", after.0, before.0);
        // A version that is not let go takes some ten mebibytes.
        assert!(after.1 <= before.1 + MEMORY, "{} bytes of memory where there were {}", after.1, before.1);
    });
}

/// Asks on one connection, one request after the other, and counts the answers: none fails, none is of a version from before the
/// one that was said to be live, and none is of an older one than the answer before it.
fn ask_until_the_end(server: &Server, progress: &Progress) -> usize {
    let mut connection = server.open();
    let (mut count, mut last) = (0, 0);
    loop {
        let is_last = progress.is_over.load(Ordering::SeqCst);
        let live = progress.live.load(Ordering::SeqCst);
        let reply = connection.ask("GET", "/", &[], Body::None).is(200);
        let version = reply.text().strip_prefix("version ").and_then(|version| version.parse().ok());
        let version: usize = version.expect("a version");
        assert!(version >= live.max(last), "version {version} answered after {last}, and after {live} was live");
        assert!(reply.header("x-mik-build").is_some_and(|build| build.len() == 12));
        last = version;
        count += 1;
        if is_last {
            return count;
        }
    }
}
