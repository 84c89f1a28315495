//! What components weigh: no more than their budgets, or than the line that is held until a budget is met. Bytes are exact, so
//! this is a test. `cargo run -p mik-benches -- size` prints the same as a table.

use std::path::PathBuf;

use mik_tests::{Program, Project};

#[path = "../../benches/src/budgets.rs"]
mod budgets;

use budgets::{BUDGETS, Budget, File, with_client};

/// Where the file is that a budget is about; the project goes away with the value.
fn build(budget: &Budget) -> (Option<Project>, PathBuf) {
    let handler_or = |component: PathBuf| match budget.file {
        File::Component => component,
        File::Handler => component.with_extension("handler.wasm"),
    };
    match budget.project {
        budgets::Project::Bridge => (None, Program::workspace().join("bridge/provider/bridge.wasm")),
        budgets::Project::Hello => {
            let directory = Program::workspace().join("examples/hello");
            Program::run(Program::cargo_mik().args(["build", "--release", "--locked"]).current_dir(directory)).ok();
            (None, handler_or(Program::target_directory().join("mik/release/hello.wasm")))
        }
        budgets::Project::Basic | budgets::Project::BasicWithClient => {
            // Its name is in it, in what it says to `/`: here it is longer than a user's.
            let project = Project::new("basic");
            project.write("mik.toml", budget.keys);
            if budget.project == budgets::Project::BasicWithClient {
                let (manifest, source) = with_client(&project.read("Cargo.toml"), &project.read("src/lib.rs"));
                project.write("Cargo.toml", manifest);
                project.write("src/lib.rs", source);
            }
            project.run("build --release").ok();
            let component = handler_or(project.component("release"));
            (Some(project), component)
        }
    }
}

#[test]
fn components_weigh_no_more_than_their_budgets() {
    let mut exceeded = Vec::new();
    for budget in BUDGETS {
        let (_project, file) = build(budget);
        let bytes = fs_err::metadata(file).unwrap().len();
        eprintln!("{}: {bytes} bytes, budget {}", budget.what, budget.budget);
        if bytes > budget.budget {
            exceeded.push(format!("{}: {bytes} bytes, {} too many", budget.what, bytes - budget.budget));
        }
    }
    assert!(exceeded.is_empty(), "{exceeded:#?}\n`cargo mik size --diff` shows what has grown");
}
