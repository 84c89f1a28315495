//! SHA-256 digests: what says that two contents are the same.

use sha2::{Digest as _, Sha256};

/// The SHA-256 of some bytes, in lower-case hexadecimal.
pub fn of(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}
