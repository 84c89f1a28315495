//! The sizes: each budget against what is built now and what was published of the toolchain before.

use std::path::Path;
use std::process::Command;

use fs_err as fs;

use crate::Outcome;
use crate::budgets::{BUDGETS, Budget, File, Project, with_client};
use crate::programs::{cargo_mik, root, run};

/// Builds every row and prints the table. Fails where one weighs more than it may.
pub(crate) fn measure() -> Outcome {
    let program = cargo_mik()?;
    println!("| what | bytes | budget | | published of the toolchain before | of that |");
    println!("|---|---|---|---|---|---|");
    let mut exceeded = Vec::new();
    for budget in BUDGETS {
        let bytes = weigh(budget, &program)?;
        let over = bytes.saturating_sub(budget.budget);
        let verdict = if over == 0 { "holds".to_owned() } else { format!("missed by {over}") };
        let none = || "–".to_owned();
        let published = budget.published.map_or_else(none, |bytes| format!("{} KB", bytes / 1000));
        let part = budget.published.map_or_else(none, |published| format!("{} %", bytes * 100 / published));
        println!("| {} | {bytes} | ≤ {} | {verdict} | {published} | {part} |", budget.what, budget.budget);
        if over > 0 {
            exceeded.push(format!("{}: {bytes} bytes, {} allowed", budget.what, budget.budget));
        }
    }
    if exceeded.is_empty() { Ok(()) } else { Err(exceeded.join("\n").into()) }
}

fn weigh(budget: &Budget, program: &Path) -> Outcome<u64> {
    let directory = tempfile::tempdir()?;
    let (project, name) = match budget.project {
        Project::Bridge => return Ok(fs::metadata(root()?.join("bridge/provider/bridge.wasm"))?.len()),
        Project::Hello => (root()?.join("examples/hello"), "hello"),
        Project::Basic | Project::BasicWithClient => {
            run(Command::new(program).args(["mik", "new", "--quiet", "basic"]).current_dir(directory.path()))?;
            let project = directory.path().join("basic");
            fs::write(project.join("mik.toml"), budget.keys)?;
            if budget.project == Project::BasicWithClient {
                let (manifest, source) = (project.join("Cargo.toml"), project.join("src/lib.rs"));
                let (new_manifest, new_source) =
                    with_client(&fs::read_to_string(&manifest)?, &fs::read_to_string(&source)?);
                fs::write(manifest, new_manifest)?;
                fs::write(source, new_source)?;
            }
            (project, "basic")
        }
    };
    // One for all rows: what they have in common is compiled once.
    let target = root()?.join("target").join("benches");
    let mut build = Command::new(program);
    build.args(["mik", "build", "--quiet", "--release"]).current_dir(project).env("CARGO_TARGET_DIR", &target);
    run(&mut build)?;
    let file = match budget.file {
        File::Component => format!("{name}.wasm"),
        File::Handler => format!("{name}.handler.wasm"),
    };
    Ok(fs::metadata(target.join("mik/release").join(file))?.len())
}
