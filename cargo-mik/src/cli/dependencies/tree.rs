//! `cargo mik tree`.

use clap::Args;
use serde_json::json;

use super::{ManifestFlags, locked_json, message};
use crate::deps::{LockFile, version};
use crate::project::{Dependency, Dependent, Dependents};
use crate::report::{MessageFormat, Reporter};

/// Print what the project depends on, and what that exports
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  cargo mik tree\n  cargo mik tree -p shop")]
pub(in super::super) struct TreeArgs {
    #[command(flatten)]
    flags: ManifestFlags,
}

impl TreeArgs {
    pub(in super::super) fn run(self, reporter: &Reporter) -> miette::Result<()> {
        let dependents = self.flags.load(reporter)?;
        let lock = LockFile::read(&dependents.root)?;
        if reporter.message_format() == MessageFormat::Human {
            let trees = dependents.packages.iter().map(|package| tree(package, &dependents, &lock));
            return super::super::write_data(reporter, &trees.collect::<Vec<_>>().join("\n"));
        }
        for (package, dependency) in dependents.dependencies() {
            let requested = dependency.requested(&dependents.root);
            let locked = lock.lockfile().find(&dependency.name, &requested).map(locked_json);
            let about =
                json!({ "package": package.name, "name": dependency.name, "source": requested, "locked": locked });
            message("mik-tree", about, reporter)?;
        }
        Ok(())
    }
}

/// A package and what it depends on, a line each.
fn tree(package: &Dependent, dependents: &Dependents, lock: &LockFile) -> String {
    let mut text = format!("{}\n", package.name);
    let mut rest = package.dependencies.iter().peekable();
    while let Some(dependency) = rest.next() {
        let (branch, beneath) = if rest.peek().is_some() { ("├── ", "│   ") } else { ("└── ", "    ") };
        let (line, exports) = lines(dependency, dependents, lock);
        text += &format!("{branch}{line}\n");
        for export in exports {
            text += &format!("{beneath}  exports {export}\n");
        }
    }
    text
}

fn lines<'a>(dependency: &Dependency, dependents: &Dependents, lock: &'a LockFile) -> (String, &'a [String]) {
    let requested = dependency.requested(&dependents.root);
    match lock.lockfile().find(&dependency.name, &requested) {
        Some(locked) if locked.source == requested && locked.digest.is_none() => {
            (format!("{} ({requested})", dependency.name), &locked.exports)
        }
        Some(locked) => (format!("{} {} ({requested})", dependency.name, version(locked)), &locked.exports),
        None => (format!("{} ({requested}, not locked)", dependency.name), &[]),
    }
}
