//! The cache: where the product keeps what it can make again, and how much compiled code may be in it.

use std::path::PathBuf;

pub use mik_build::store::cache as cache_directory;
use serde::Serialize;

use super::ProjectError;
use super::environment::{Variable, variable};

/// How much compiled code is kept unless `MIK_CACHE_MAX_MB` says otherwise: that of some thousand handlers.
const MOST_MEBIBYTES: u64 = 1024;

/// Compiled code that is kept from run to run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CodeCacheSettings {
    /// The directory. It is nobody's but the user's.
    pub directory: PathBuf,
    /// The most that is kept there, in bytes; what has not been used for longest goes first.
    pub limit: u64,
}

impl CodeCacheSettings {
    /// Where compiled code is kept, and how much of it. None where there is no home directory.
    ///
    /// # Errors
    /// `MIK_CACHE_MAX_MB` is no number.
    pub fn read() -> Result<Option<Self>, ProjectError> {
        let limit = limit(std::env::var_os("MIK_CACHE_MAX_MB"))?;
        Ok(cache_directory().map(|cache| Self { directory: cache.join("code"), limit }))
    }

    /// The same, for a server; none where the user wants none, or none is to be kept.
    pub(super) fn unless(unwanted: bool) -> Result<Option<Self>, ProjectError> {
        if unwanted {
            return Ok(None);
        }
        Ok(Self::read()?.filter(|settings| settings.limit > 0))
    }
}

fn limit(value: Option<std::ffi::OsString>) -> Result<u64, ProjectError> {
    let maximum = Variable {
        name: "MIK_CACHE_MAX_MB",
        kind: "number of MiB",
        help: "write how much compiled code may be kept, such as 1024; 0 keeps none; or unset it with \
               `env -u MIK_CACHE_MAX_MB`",
    };
    let mebibytes = variable(maximum, value, |text| text.parse::<u64>().ok()?.checked_mul(1 << 20))?;
    Ok(mebibytes.unwrap_or(MOST_MEBIBYTES << 20))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_a_number_of_mebibytes() {
        assert_eq!(limit(None).unwrap(), 1 << 30);
        assert_eq!(limit(Some("".into())).unwrap(), 1 << 30);
        assert_eq!(limit(Some("0".into())).unwrap(), 0);
        assert_eq!(limit(Some("3".into())).unwrap(), 3 << 20);
        for wrong in ["1GiB", "-1", "18446744073709551615"] {
            assert!(limit(Some(wrong.into())).unwrap_err().to_string().contains("MIK_CACHE_MAX_MB"), "{wrong}");
        }
    }
}
