//! How large a request body may be: `MIK_MAX_BODY_SIZE`, in bytes.

use crate::content_length;
use crate::failure::Failure;
use crate::list::Field;

/// The environment variable that sets the limit.
pub(crate) const VARIABLE: &str = "MIK_MAX_BODY_SIZE";

/// The limit where nothing is set: 10 MiB.
const DEFAULT: u64 = 10 * 1024 * 1024;

/// The limit that `environment` asks for.
///
/// A value that cannot be read is a failure, not the default: whoever set a limit would otherwise run without it and
/// never hear of it.
pub(crate) fn from_environment(environment: &[Field]) -> Result<u64, Failure> {
    match environment.iter().find(|variable| *variable.name == *VARIABLE.as_bytes()) {
        None => Ok(DEFAULT),
        Some(Field { value, .. }) => content_length::digits(value).ok_or(Failure::BodyLimitMalformed(*value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(value: &'static str) -> Result<u64, Failure> {
        let variable = |name: &'static str, value: &'static str| Field { name: name.into(), value: value.into() };
        from_environment(&[variable("OTHER", "1"), variable(VARIABLE, value)])
    }

    #[test]
    fn unset_is_ten_mebibytes() {
        assert_eq!(from_environment(&[]), Ok(10_485_760));
    }

    #[test]
    fn digits_are_bytes() {
        assert_eq!(limit("0"), Ok(0));
        assert_eq!(limit("4096"), Ok(4096));
        assert_eq!(limit("9999999999999999999"), Ok(9_999_999_999_999_999_999));
    }

    #[test]
    fn anything_else_is_refused() {
        for value in ["", "10MB", "-1", "+1", " 1", "1.5", "10000000000000000000"] {
            assert_eq!(limit(value), Err(Failure::BodyLimitMalformed(value.into())));
        }
    }
}
