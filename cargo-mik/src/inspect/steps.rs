//! From what cargo compiled to the component: how large it is after each pass, and what composition adds.

use serde::Serialize;

use super::change;
use crate::report::Optimized;

/// Something that was done, and how large the whole is after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct BuildStep {
    /// What was done: a pass by its name, or in words.
    pub(super) what: String,
    /// Bytes of the whole before.
    pub(super) before: u64,
    /// Bytes of the whole after; the last step's are the component's.
    pub(super) after: u64,
    /// Whether it is a pass of the optimizer.
    pub(super) is_pass: bool,
}

impl BuildStep {
    /// By how much it has changed the whole.
    pub(super) fn change(&self) -> i64 {
        change(self.before, self.after)
    }
}

/// What the parts of a build have come to, so that each step begins where the one before it ended, and the last of them ends
/// with `total`.
pub(super) fn steps(optimized: &[Optimized], total: u64, customs: &[String]) -> Vec<BuildStep> {
    let mut steps: Vec<BuildStep> = Vec::new();
    let mut whole = 0;
    let mut add = |what: &str, after: u64, is_pass: bool| {
        let before = std::mem::replace(&mut whole, after);
        if before != after {
            steps.push(BuildStep { what: what.to_owned(), before, after, is_pass });
        }
    };
    for Optimized { part, before, after, passes, .. } in optimized {
        let what = match *part {
            "composed" => "composed with the bridge",
            "file" => "the file as it was",
            _ => "as it was compiled",
        };
        add(what, *before, false);
        passes.iter().for_each(|pass| add(pass.name, pass.after, true));
        add("other passes", *after, true);
    }
    if !optimized.is_empty() {
        // What tools read stays out of the passes' way, and is put in at the end.
        let what = match customs {
            [] => "written".to_owned(),
            customs => format!("custom sections: {}", customs.join(", ")),
        };
        add(&what, total, false);
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Pass;

    #[test]
    fn each_step_begins_where_the_one_before_it_ended() {
        let part = |part, before, after, passes: &[(&'static str, u64, u64)]| Optimized {
            name: "hello".to_owned(),
            part,
            before,
            after,
            wasm_opt: None,
            passes: passes.iter().map(|(name, before, after)| Pass { name, before: *before, after: *after }).collect(),
        };
        let handler = part("handler", 100, 60, &[("strip", 100, 70), ("dead-code", 70, 60)]);
        let composed = part("composed", 90, 85, &[("merge-definitions", 90, 85)]);
        let steps = steps(&[handler, composed], 95, &["`mik:openapi`".to_owned()]);
        let told: Vec<_> = steps.iter().map(|step| (step.what.as_str(), step.after, step.change())).collect();
        assert_eq!(
            told,
            [
                ("as it was compiled", 100, 100),
                ("strip", 70, -30),
                ("dead-code", 60, -10),
                ("composed with the bridge", 90, 30),
                ("merge-definitions", 85, -5),
                ("custom sections: `mik:openapi`", 95, 10),
            ]
        );
        assert!(steps.is_sorted_by(|one, next| one.after == next.before));
    }

    #[test]
    fn where_nothing_was_optimized_there_are_no_steps() {
        assert_eq!(steps(&[], 95, &[]), []);
    }
}
