//! Types of other crates, which know `serde` and not [`Type`].

use std::ops::{Deref, DerefMut};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Type;
use super::schema::{Kind, Schema};

/// A value of a type that is `serde`'s and not a [`Type`]: read and written as it is, never checked, and anything at all
/// in the OpenAPI document.
///
/// ```
/// use mik_sdk::prelude::*;
/// use mik_sdk::typed::Untyped;
/// # use mik_sdk::__private::serde;
///
/// // In a crate that is not yours:
/// # mod other {
/// # use mik_sdk::__private::serde;
/// # #[derive(serde::Serialize, serde::Deserialize)]
/// # #[serde(crate = "serde")]
/// pub struct Point(pub i32, pub i32);
/// # }
///
/// #[derive(Type)]
/// struct Marker {
///     at: Untyped<other::Point>,
/// }
///
/// let marker: Marker = json::parse(br#"{ "at": [1, 2] }"#)?;
/// assert_eq!(marker.at.1, 2);
/// # Ok::<(), Problem>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Untyped<T>(pub T);

impl<T> Type for Untyped<T> {
    const SCHEMA: &'static Schema = &Schema::new(Kind::Any);
    type Parts = ();
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Untyped<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self)
    }
}

impl<T: Serialize> Serialize for Untyped<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<T> Deref for Untyped<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Untyped<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T> From<T> for Untyped<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}
