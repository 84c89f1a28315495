//! Positions in a list of rows, as clients hold them: signed, so that nobody makes one up.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest, Sha256};

use crate::{Timestamp, Value, base64};

/// The format's version: the first byte.
const VERSION: u8 = 1;
/// How many bytes say which query a cursor is for.
const SCOPE: usize = 16;
/// How many bytes sign it: 128 bits cannot be guessed.
const SIGNATURE: usize = 16;
/// How long a cursor may be, in characters: it travels in a URL.
const MAX_LENGTH: usize = 2048;
/// The fewest bytes that make a key.
const MIN_KEY: usize = 16;

/// The key that cursors are signed with: as secret as a password, and the same on all machines that serve one API.
///
/// ```
/// use mik_sql::CursorKey;
///
/// let key = CursorKey::new(b"from the environment, 32 bytes")?;
/// assert!(CursorKey::new("short").is_err());
/// assert_eq!(format!("{key:?}"), "CursorKey(…)");
/// # Ok::<(), mik_sql::CursorError>(())
/// ```
#[derive(Clone)]
pub struct CursorKey(Hmac<Sha256>);

impl fmt::Debug for CursorKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("CursorKey(…)")
    }
}

impl CursorKey {
    /// A key of these bytes, 16 or more.
    ///
    /// # Errors
    ///
    /// There are fewer.
    pub fn new(secret: impl AsRef<[u8]>) -> Result<Self, CursorError> {
        let secret = secret.as_ref();
        if secret.len() < MIN_KEY {
            return Err(CursorError::ShortKey);
        }
        match Hmac::new_from_slice(secret) {
            Ok(hmac) => Ok(Self(hmac)),
            Err(_) => Err(CursorError::ShortKey),
        }
    }

    fn signature(&self, bytes: &[u8]) -> Hmac<Sha256> {
        // A key may sign other things, too: this says what it signs here.
        self.0.clone().chain_update(b"mik-sql cursor\0").chain_update(bytes)
    }
}

/// What is wrong with a cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CursorError {
    /// It is no cursor.
    Malformed,
    /// It is longer than a cursor gets, or would be: a row is sorted by a text of more than a thousand bytes.
    TooLong,
    /// It is of another version of this format.
    Version,
    /// It was not signed with this key, or was changed since.
    Tampered,
    /// It is a position in another list: of other rows, or in another order.
    Foreign,
    /// The key has fewer than 16 bytes.
    ShortKey,
    /// A row has another number of values than it is sorted by, or one that has no order, or null where it was said that
    /// there is none.
    Unsortable,
}

impl fmt::Display for CursorError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Malformed => "this is no cursor",
            Self::TooLong => "the cursor is too long",
            Self::Version => "the cursor is from another version: begin with the first page",
            Self::Tampered => "the cursor was not made here, or was changed since",
            Self::Foreign => "the cursor is for another filter or order: begin with the first page",
            Self::ShortKey => "a key for cursors has at least 16 bytes",
            Self::Unsortable => "a row's position needs a value for each column that it is sorted by",
        })
    }
}

impl std::error::Error for CursorError {}

/// Which query a cursor is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scope([u8; SCOPE]);

impl Scope {
    /// By the text of what rows are taken from, and the values that clients filter by.
    pub(crate) fn new(source: &str, values: &[Value]) -> Self {
        let mut bytes = Vec::new();
        for value in values {
            write_any(&mut bytes, value);
        }
        let digest =
            Sha256::new().chain_update((source.len() as u64).to_le_bytes()).chain_update(source).chain_update(bytes);
        let mut scope = [0; SCOPE];
        scope.iter_mut().zip(digest.finalize()).for_each(|(to, from)| *to = from);
        Self(scope)
    }
}

/// Signs a position.
pub(crate) fn encode(key: &CursorKey, scope: Scope, values: &[Value]) -> Result<String, CursorError> {
    let mut bytes = vec![VERSION];
    bytes.extend(scope.0);
    for value in values {
        if matches!(value, Value::Json(_) | Value::Array(_)) {
            return Err(CursorError::Unsortable);
        }
        write_any(&mut bytes, value);
    }
    let signature = key.signature(&bytes).finalize().into_bytes();
    bytes.extend(signature.iter().take(SIGNATURE));
    let text = base64::encode(&bytes);
    if text.len() > MAX_LENGTH { Err(CursorError::TooLong) } else { Ok(text) }
}

/// Reads a position, once it is known to be one of ours.
pub(crate) fn decode(key: &CursorKey, scope: Scope, text: &str) -> Result<Vec<Value>, CursorError> {
    if text.len() > MAX_LENGTH {
        return Err(CursorError::TooLong);
    }
    let bytes = base64::decode(text).ok_or(CursorError::Malformed)?;
    let length = bytes.len().checked_sub(SIGNATURE).ok_or(CursorError::Malformed)?;
    let (signed, signature) = bytes.split_at_checked(length).ok_or(CursorError::Malformed)?;
    let (version, rest) = signed.split_first().ok_or(CursorError::Malformed)?;
    if *version != VERSION {
        return Err(CursorError::Version);
    }
    // Takes as long for one wrong byte as for all.
    key.signature(signed).verify_truncated_left(signature).map_err(|_| CursorError::Tampered)?;
    let (theirs, mut rest) = rest.split_at_checked(SCOPE).ok_or(CursorError::Malformed)?;
    if theirs != scope.0 {
        return Err(CursorError::Foreign);
    }
    let mut values = Vec::new();
    while !rest.is_empty() {
        values.push(read(&mut rest).ok_or(CursorError::Malformed)?);
    }
    Ok(values)
}

fn write_any(bytes: &mut Vec<u8>, value: &Value) {
    let mut sized = |tag, content: &[u8]| {
        bytes.push(tag);
        bytes.extend((content.len() as u32).to_le_bytes());
        bytes.extend(content);
    };
    match value {
        Value::String(text) => sized(b's', text.as_bytes()),
        Value::Bytes(content) => sized(b'x', content),
        Value::Json(text) => sized(b'j', text.as_bytes()),
        Value::Array(values) => {
            bytes.push(b'[');
            values.iter().for_each(|value| write_any(bytes, value));
            bytes.push(b']');
        }
        Value::Null => bytes.push(b'n'),
        Value::Bool(value) => bytes.push(if *value { b't' } else { b'f' }),
        Value::Int(value) => {
            bytes.push(b'i');
            bytes.extend(value.to_le_bytes());
        }
        Value::Float(value) => {
            bytes.push(b'd');
            bytes.extend(value.to_bits().to_le_bytes());
        }
        Value::Uuid(value) => {
            bytes.push(b'u');
            bytes.extend(value.as_bytes());
        }
        Value::Timestamp(value) => {
            bytes.push(b'm');
            bytes.extend(value.as_micros().to_le_bytes());
        }
    }
}

fn read(bytes: &mut &[u8]) -> Option<Value> {
    let (tag, rest) = bytes.split_first()?;
    *bytes = rest;
    Some(match tag {
        b'n' => Value::Null,
        b't' => Value::Bool(true),
        b'f' => Value::Bool(false),
        b'i' => Value::Int(i64::from_le_bytes(take(bytes)?)),
        b'd' => Value::Float(f64::from_bits(u64::from_le_bytes(take(bytes)?))),
        b'm' => Value::Timestamp(Timestamp::from_micros(i64::from_le_bytes(take(bytes)?))?),
        b'u' => Value::Uuid(uuid::Uuid::from_bytes(take(bytes)?)),
        b's' => Value::String(String::from_utf8(take_sized(bytes)?).ok()?),
        b'x' => Value::Bytes(take_sized(bytes)?),
        _ => return None,
    })
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*taken)
}

fn take_sized(bytes: &mut &[u8]) -> Option<Vec<u8>> {
    let length = u32::from_le_bytes(take(bytes)?);
    let (taken, rest) = bytes.split_at_checked(length as usize)?;
    *bytes = rest;
    Some(taken.to_vec())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(secret: &str) -> CursorKey {
        CursorKey::new(secret).unwrap()
    }

    fn values() -> impl Strategy<Value = Vec<Value>> {
        let value = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            (-1e300..1e300).prop_map(Value::Float),
            "\\PC{0,20}".prop_map(Into::into),
            any::<Vec<u8>>().prop_map(Value::Bytes),
            any::<u128>().prop_map(|number| Value::Uuid(uuid::Uuid::from_u128(number))),
            (-9_000_000_000_i64..9_000_000_000).prop_map(|seconds| Timestamp::from_seconds(seconds).unwrap().into()),
        ];
        prop::collection::vec(value, 0..4)
    }

    proptest! {
        #[test]
        fn a_position_comes_back_as_it_was(values in values()) {
            let (key, scope) = (key("0123456789abcdef"), Scope::new("FROM t", &[]));
            let text = encode(&key, scope, &values).unwrap();
            prop_assert_eq!(decode(&key, scope, &text), Ok(values));
        }

        #[test]
        fn a_cursor_that_was_changed_is_none(values in values(), index: prop::sample::Index, bit in 0..8) {
            let (key, scope) = (key("0123456789abcdef"), Scope::new("FROM t", &[]));
            let mut bytes = base64::decode(&encode(&key, scope, &values).unwrap()).unwrap();
            let index = index.index(bytes.len());
            bytes[index] ^= 1u8 << bit;
            let expected = if index == 0 { CursorError::Version } else { CursorError::Tampered };
            prop_assert_eq!(decode(&key, scope, &base64::encode(&bytes)), Err(expected));
        }

        #[test]
        fn no_text_is_a_cursor(text in "[A-Za-z0-9_-]{0,120}") {
            prop_assert!(decode(&key("0123456789abcdef"), Scope::new("", &[]), &text).is_err());
        }
    }

    #[test]
    fn a_cursor_is_for_one_key_and_one_query() {
        let (ours, scope) = (key("0123456789abcdef"), Scope::new("FROM t", &[Value::Int(1)]));
        let text = encode(&ours, scope, &[Value::Int(7)]).unwrap();
        assert_eq!(decode(&key("another key, also long"), scope, &text), Err(CursorError::Tampered));
        for other in [Scope::new("FROM u", &[Value::Int(1)]), Scope::new("FROM t", &[Value::Int(2)])] {
            assert_eq!(decode(&ours, other, &text), Err(CursorError::Foreign));
        }
        assert_eq!(decode(&ours, scope, "AAAA"), Err(CursorError::Malformed));
        assert_eq!(decode(&ours, scope, "?"), Err(CursorError::Malformed));
        assert_eq!(decode(&ours, scope, &"A".repeat(5000)), Err(CursorError::TooLong));
        assert_eq!(encode(&ours, scope, &[Value::from("x".repeat(5000))]), Err(CursorError::TooLong));
        assert_eq!(encode(&ours, scope, &[Value::Json("1".into())]), Err(CursorError::Unsortable));
    }
}
