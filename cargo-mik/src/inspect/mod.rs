//! What is in a component, told to people and to programs.

mod component;
mod difference;
mod size;
mod symbolicate;

pub use component::Inspection;
pub use difference::Difference;
pub use size::SizeReport;
pub use symbolicate::{
    DebugFiles, Found, Mention, SourceFrame, SymbolicateError, Symbolicated, Symbolicator, mentions,
};

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
    }
}
