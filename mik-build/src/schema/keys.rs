//! Every key of the schema, as its types tell: serde names the fields of each table to whoever reads one.

use std::cell::RefCell;
use std::sync::LazyLock;

use serde::de::value::{Error, MapDeserializer};
use serde::de::{Deserialize, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::Schema;

/// Every table and every key, such as `server` and `server.port`, in the order of the types.
pub fn keys() -> &'static [String] {
    static KEYS: LazyLock<Vec<String>> = LazyLock::new(|| {
        let keys = RefCell::default();
        // Tables have no key that must be there, so that none is refused.
        let read = Schema::deserialize(Recorder { path: String::new(), keys: &keys });
        debug_assert!(read.is_ok(), "{read:?}");
        keys.into_inner()
    });
    &KEYS
}

/// Those of them that take a value: a table of the user's own making is one.
pub fn leaves() -> impl Iterator<Item = &'static str> {
    let is_above = |key: &str, other: &String| other.strip_prefix(key).is_some_and(|rest| rest.starts_with('.'));
    keys().iter().filter(move |key| !keys().iter().any(|other| is_above(key, other))).map(String::as_str)
}

/// A document that has every table and no value. What is asked of it is written down.
#[derive(Clone)]
struct Recorder<'a> {
    path: String,
    keys: &'a RefCell<Vec<String>>,
}

impl<'de> Deserializer<'de> for Recorder<'_> {
    type Error = Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let field = |name: &&'static str| {
            let path = if self.path.is_empty() { (*name).to_owned() } else { format!("{}.{name}", self.path) };
            (*name, Recorder { path, keys: self.keys })
        };
        visitor.visit_map(MapDeserializer::new(fields.iter().map(field)))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_none()
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

impl IntoDeserializer<'_> for Recorder<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self.keys.borrow_mut().push(self.path.clone());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_come_before_their_keys_and_nothing_is_left_out() {
        let keys = keys();
        let position = |key: &str| keys.iter().position(|known| known == key).unwrap();
        assert!(position("server") < position("server.port"));
        assert!(position("server.static") < position("server.log_max_files"));
        assert!(position("composition.bridge") < position("dependencies"));
        assert!(leaves().any(|key| key == "dependencies") && !leaves().any(|key| key == "server"));
        assert_eq!(keys.first().map(String::as_str), Some("project"));
        assert_eq!(keys.last().map(String::as_str), Some("server.log_max_files"));
    }
}
