//! What is answered to a value that breaks the rules of its type: 422, with every violation.

use std::borrow::Cow;

use super::Violation;
use super::check::is_enough;
use crate::Problem;
use crate::json::Writer;
use crate::text::join;

/// The problem of a body. There is at least one violation.
#[inline(never)]
pub(crate) fn of_body(violations: &[Violation]) -> Problem {
    refusal("pointer", violations, is_enough(violations))
}

/// The problem of a path or a query. Where something is wrong begins with the name of the parameter; where there are no
/// names in the type, with the position, or with nothing.
#[inline(never)]
pub(crate) fn of_parameters(mut violations: Vec<Violation>, pairs: &[(Cow<'_, str>, Cow<'_, str>)]) -> Problem {
    let is_truncated = is_enough(&violations);
    for violation in &mut violations {
        let first = violation.pointer.split('/').nth(1).unwrap_or_default();
        let name = first.replace("~1", "/").replace("~0", "~");
        let is_name = pairs.iter().any(|(known, _)| *known == name);
        let position = if first.is_empty() { Ok(0) } else { first.parse::<usize>() };
        violation.pointer = match position {
            Ok(position) if !is_name => match pairs.get(position) {
                Some((name, _)) => name.clone().into_owned(),
                None => name,
            },
            _ => name,
        };
    }
    refusal("parameter", &violations, is_truncated)
}

fn refusal(place: &str, violations: &[Violation], is_truncated: bool) -> Problem {
    let mut errors = Writer::new();
    errors.raw("[");
    for (position, violation) in violations.iter().enumerate() {
        errors.raw(if position == 0 { "{\"" } else { ",{\"" });
        errors.raw(place);
        errors.raw("\":");
        errors.string(&violation.pointer);
        errors.raw(",\"detail\":");
        errors.string(&violation.detail);
        errors.raw("}");
    }
    errors.raw("]");
    let detail = match violations.first() {
        // The value as a whole.
        Some(first) if first.pointer.is_empty() => first.detail.to_string(),
        Some(first) => join(&[place, " ", &first.pointer, ": ", &first.detail]),
        None => String::new(),
    };
    let problem = Problem::unprocessable(detail).with_json("errors", errors.into_bytes());
    if is_truncated { problem.with_json("truncated", b"true".to_vec()) } else { problem }
}
