//! Numbers that nobody can guess.

use uuid::Uuid;

use crate::platform;

/// This many random bytes, fit for keys and tokens.
///
/// ```
/// assert_eq!(mik_sdk::random::bytes(16).len(), 16);
/// ```
pub fn bytes(len: usize) -> Vec<u8> {
    platform::random_bytes(len)
}

/// A random number.
///
/// ```
/// assert_ne!(mik_sdk::random::u64(), mik_sdk::random::u64());
/// ```
pub fn u64() -> u64 {
    u64::from_ne_bytes(array())
}

/// A random UUID (version 4) as text: small letters, hyphens. [`uuid_v4`] gives it as a [`Uuid`].
///
/// ```
/// assert_eq!(mik_sdk::random::uuid().len(), "67e55044-10b1-426f-9247-bb680e5fe0c8".len());
/// ```
pub fn uuid() -> String {
    uuid_v4().hyphenated().encode_lower(&mut [0; 36]).to_owned()
}

/// A random UUID (version 4).
///
/// ```
/// assert_eq!(mik_sdk::random::uuid_v4().get_version_num(), 4);
/// ```
pub fn uuid_v4() -> Uuid {
    uuid::Builder::from_random_bytes(array()).into_uuid()
}

/// This many random bytes, as twice as many hexadecimal digits.
///
/// ```
/// assert_eq!(mik_sdk::random::hex(8).len(), 16);
/// ```
pub fn hex(len: usize) -> String {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    bytes(len).into_iter().flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]).collect()
}

fn array<const N: usize>() -> [u8; N] {
    let mut array = [0; N];
    // A host gives as many as it is asked for; one that gives fewer is broken, and zeros would hide it.
    array.copy_from_slice(&bytes(N));
    array
}
