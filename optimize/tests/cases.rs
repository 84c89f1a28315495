//! What the passes make of small inputs, a folder for each pass: `cases/PASS/NAME.wat` becomes `cases/PASS/NAME.out.wat`. All passes
//! run, as they always do. The first line may name options:
//! `;; panic: trap`, `;; names: keep`. `SNAPSHOTS=overwrite` writes what they make now.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking, its helpers too")]

use std::path::{Path, PathBuf};

use mik_optimize::{Names, Options, Panic, optimize};

#[test]
#[allow(clippy::disallowed_methods, reason = "these files are the test's own")]
fn each_case_becomes_what_is_written_beside_it() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let overwrite = std::env::var("SNAPSHOTS").is_ok_and(|value| value == "overwrite");
    let within = |directory: &Path| -> Vec<PathBuf> {
        std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect()
    };
    let (folders, mut inputs): (Vec<_>, Vec<_>) = within(&directory).into_iter().partition(|path| path.is_dir());
    inputs.extend(folders.iter().flat_map(|folder| within(folder)));
    inputs
        .retain(|path| path.extension().is_some_and(|it| it == "wat") && !path.to_str().unwrap().ends_with(".out.wat"));
    inputs.sort();
    assert!(inputs.len() > 10, "the cases are there");
    let mut wrong = Vec::new();
    for input in inputs {
        let text = std::fs::read_to_string(&input).unwrap();
        let first = text.lines().next().unwrap_or_default();
        let options = Options {
            panic: if first.contains("panic: trap") { Panic::Trap } else { Panic::Message },
            names: if first.contains("names: keep") { Names::Keep } else { Names::Strip },
        };
        let bytes = wat::parse_str(&text).unwrap_or_else(|error| panic!("{}: {error}", input.display()));
        let output = optimize(&bytes, &options).unwrap_or_else(|error| panic!("{}: {error:?}", input.display()));
        let again = optimize(&output.bytes, &options).unwrap();
        assert_eq!(again.bytes, output.bytes, "{}: a second run changes nothing", input.display());
        let made = wasmprinter::print_bytes(&output.bytes).unwrap();
        let expected = input.with_extension("out.wat");
        if overwrite {
            std::fs::write(expected, made).unwrap();
        } else if std::fs::read_to_string(expected).unwrap_or_default() != made {
            wrong.push(format!("{}:\n{made}", input.display()));
        }
    }
    assert!(wrong.is_empty(), "{}\n`SNAPSHOTS=overwrite` accepts this", wrong.join("\n"));
}
