//! The keys of maps, which JSON has only as text.

use std::borrow::Cow;

use crate::Uuid;

/// A key of a map that is a [`Type`](super::Type): text, or what becomes text.
///
/// ```
/// use mik_sdk::typed::Key;
///
/// assert_eq!(7_u32.to_key(), "7");
/// assert_eq!("name".to_key(), "name");
/// ```
pub trait Key {
    /// The key as JSON has it.
    fn to_key(&self) -> Cow<'_, str>;
}

macro_rules! texts {
    ($($type:ty)*) => {$(
        impl Key for $type {
            fn to_key(&self) -> Cow<'_, str> {
                Cow::Borrowed(self)
            }
        }
    )*};
}

texts! { str String &str Box<str> Cow<'_, str> }

macro_rules! displayed {
    ($($type:ty)*) => {$(
        impl Key for $type {
            fn to_key(&self) -> Cow<'_, str> {
                Cow::Owned(self.to_string())
            }
        }
    )*};
}

displayed! { bool char u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize Uuid }
