//! SHA-256 digests: what says that two contents are the same.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest as _, Sha256, Sha512};

/// The SHA-256 of some bytes, in lower-case hexadecimal.
pub fn of(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// The SHA-256 of a script or a style, as a page's policy names it (Content Security Policy Level 3, §2.3.1).
pub fn of_page_part(text: &str) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(text)))
}

/// The SHA-256 of parts, as if they were one.
pub fn of_parts(parts: &[&[u8]]) -> [u8; 32] {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part);
    }
    digest.finalize().into()
}

/// A digest of what comes bit by bit, by a name as registries write it: `sha256:` and hexadecimal digits.
#[derive(Clone, Debug)]
pub enum Running {
    /// What nearly everybody uses.
    Sha256(Sha256),
    /// What else the OCI's specification knows.
    Sha512(Sha512),
}

impl Running {
    /// One of the same kind as a named digest; nothing, where that is no digest.
    pub fn of_name(name: &str) -> Option<Self> {
        let (kind, digits) = name.split_once(':')?;
        let is_whole =
            |length| digits.len() == length && digits.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'));
        match kind {
            "sha256" if is_whole(64) => Some(Self::Sha256(Sha256::new())),
            "sha512" if is_whole(128) => Some(Self::Sha512(Sha512::new())),
            _ => None,
        }
    }

    /// Takes what has come.
    pub fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha256(digest) => digest.update(bytes),
            Self::Sha512(digest) => digest.update(bytes),
        }
    }

    /// The name of all that has come so far.
    pub fn name(&self) -> String {
        match self {
            Self::Sha256(digest) => format!("sha256:{}", hex::encode(digest.clone().finalize())),
            Self::Sha512(digest) => format!("sha512:{}", hex::encode(digest.clone().finalize())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_running_digest_is_that_of_the_whole() {
        let name = format!("sha256:{}", of(b"abc"));
        let mut running = Running::of_name(&name).unwrap();
        running.update(b"a");
        running.update(b"bc");
        assert_eq!(running.name(), name);
        for wrong in ["", "sha256", "sha256:12", "md5:00", &name.to_uppercase()] {
            assert!(Running::of_name(wrong).is_none(), "{wrong}");
        }
    }
}
