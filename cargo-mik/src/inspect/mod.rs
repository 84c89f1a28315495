//! What is in a component, told to people and to programs.

mod calls;
mod component;
mod difference;
mod page;
mod size;
mod steps;
mod symbolicate;
mod tree;
mod why;

pub use component::Inspection;
pub use difference::Difference;
pub use page::OnePage;
pub use size::SizeReport;
pub use symbolicate::{
    DebugFiles, Found, Mention, SourceFrame, SymbolicateError, Symbolicated, Symbolicator, mentions,
};
pub use why::{UnknownFunction, Why};

use crate::tools;

/// The longest that one name or text of a file's may be, in bytes.
const TEXT_MOST: usize = 1 << 10;

/// A text from a file, as it can be shown.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    tools::plain::push(&mut plain, text, TEXT_MOST);
    plain
}

/// A number with its digits in groups of three: `71,418`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A change with its sign, in groups as well: `-1,214`.
fn with_sign(change: i64) -> String {
    let sign = if change < 0 { '-' } else { '+' };
    format!("{sign}{}", grouped(change.unsigned_abs()))
}

/// How much more the second is.
fn change(before: u64, after: u64) -> i64 {
    let signed = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
    signed(after) - signed(before)
}

/// The largest first; what is equally large by name.
fn largest_first<T>(mut all: Vec<(T, u64)>) -> Vec<(T, u64)>
where
    T: Ord,
{
    all.sort_by(|(name, bytes), (other, others)| others.cmp(bytes).then_with(|| name.cmp(other)));
    all
}

#[cfg(test)]
mod tests {
    #[test]
    fn digits_stand_in_groups_of_three() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (71_418, "71,418"), (1_234_567, "1,234,567")] {
            assert_eq!(super::grouped(number), text);
        }
        assert_eq!((super::with_sign(-1214).as_str(), super::with_sign(7).as_str()), ("-1,214", "+7"));
    }
}
