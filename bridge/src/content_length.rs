//! Reading `content-length` (RFC 9110 §8.6): digits, and the same number however often it is said.

/// What a message says of its own length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Announced {
    /// There is no such field.
    Nothing,
    /// Every mention says this.
    Length(u64),
    /// It is not a number, or two mentions differ.
    Nonsense,
}

impl Announced {
    /// Takes one more field value into account. A list (`5, 5`) is as good as repeated fields.
    pub(crate) fn and(self, value: &[u8]) -> Self {
        value.split(|&byte| byte == b',').fold(self, |announced, part| match (announced, digits(part.trim_ascii())) {
            (Self::Nothing, Some(length)) => Self::Length(length),
            (Self::Length(before), Some(length)) if before == length => announced,
            _ => Self::Nonsense,
        })
    }
}

/// A plain decimal number: no sign, no unit, no spaces, and at most the 19 digits that always fit.
pub(crate) fn digits(text: &[u8]) -> Option<u64> {
    if text.is_empty() || text.len() > 19 {
        return None;
    }
    text.iter().try_fold(0, |number, byte| {
        let digit = byte.wrapping_sub(b'0');
        (digit < 10).then_some(number * 10 + u64::from(digit))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn announced(values: &[&str]) -> Announced {
        values.iter().fold(Announced::Nothing, |announced, value| announced.and(value.as_bytes()))
    }

    #[test]
    fn one_number_however_often_it_is_said() {
        assert_eq!(announced(&[]), Announced::Nothing);
        assert_eq!(announced(&["0"]), Announced::Length(0));
        assert_eq!(announced(&["5", "5"]), Announced::Length(5));
        assert_eq!(announced(&["5, 5"]), Announced::Length(5));
        assert_eq!(announced(&["9999999999999999999"]), Announced::Length(9_999_999_999_999_999_999));
    }

    #[test]
    fn everything_else_is_nonsense() {
        for values in [
            &[""][..],
            &["x"],
            &["-1"],
            &["+1"],
            &["5", "6"],
            &["5, 6"],
            &["5,"],
            &["x", "5"],
            &["10000000000000000000"],
        ] {
            assert_eq!(announced(values), Announced::Nonsense, "{values:?}");
        }
    }
}
