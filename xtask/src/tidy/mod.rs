//! `cargo xtask tidy`: the house rules that a tool can check. Each rule is a file; each finding is
//! `file:line: rule: what to do`.

mod examples;
mod paths;
mod rooms;
mod source;
mod wit_lock;

use std::fmt;

use fs_err as fs;

use crate::{Outcome, bridge, checkout, reference};

/// Something that is not as the house wants it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    file: String,
    line: usize,
    rule: &'static str,
    cure: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, rule, cure } = self;
        write!(formatter, "{file}:{line}: {rule}: {cure}")
    }
}

/// Checks every rule, prints every finding, and fails where there is one.
pub(crate) fn check() -> Outcome {
    let mut findings = wit_lock::check()?;
    let read = |file: &str| fs::read_to_string(checkout::root().join(file));
    let sources = read(examples::SDK)? + &read(examples::TEST)? + &read(examples::BUILD)?;
    for file in checkout::tracked()? {
        let bytes = fs::read(checkout::root().join(&file))?;
        findings.extend(paths::check(&file, &bytes));
        if file.starts_with("docs/") && file.ends_with(".md") {
            findings.extend(examples::check_page(&file, &String::from_utf8_lossy(&bytes), &sources));
        }
        if file.ends_with(".rs") {
            let text = String::from_utf8(bytes).map_err(|_| format!("`{file}` is not UTF-8"))?;
            findings.extend(source::check(&file, &text));
            findings.extend(rooms::check(&file, &text));
            findings.extend(examples::check(&file, &text)?);
        }
    }
    findings.sort();
    for finding in &findings {
        println!("{finding}");
    }
    let stale = bridge::check_records().and_then(|()| reference::check());
    match findings.len() {
        0 => stale,
        1 => Err("the house rules are broken in 1 place".into()),
        n => Err(format!("the house rules are broken in {n} places").into()),
    }
}

/// Writes what tidy can write itself.
pub(crate) fn bless() -> Outcome {
    wit_lock::bless()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_house_rules_are_kept() {
        super::check().unwrap();
    }
}
