//! The insides of lists, objects and variants.

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess, Unexpected,
    VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::read::Reader;
use crate::mismatch::Mismatch;

/// The items of a list.
pub(super) struct List<'r, 'de> {
    reader: &'r mut Reader<'de>,
    is_first: bool,
    /// Where the list begins.
    start: usize,
}

impl<'r, 'de> List<'r, 'de> {
    pub(super) fn new(reader: &'r mut Reader<'de>) -> Self {
        let start = reader.value_start();
        Self { reader, is_first: true, start }
    }
}

impl<'de> SeqAccess<'de> for List<'_, 'de> {
    type Error = Mismatch;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Mismatch> {
        if !self.reader.has_next(b']', self.is_first)? {
            return Ok(None);
        }
        self.is_first = false;
        let item = seed.deserialize(&mut *self.reader)?;
        self.reader.back_to(self.start);
        Ok(Some(item))
    }
}

/// The fields of an object.
pub(super) struct Object<'r, 'de> {
    reader: &'r mut Reader<'de>,
    is_first: bool,
    /// Where the object begins.
    start: usize,
}

impl<'r, 'de> Object<'r, 'de> {
    pub(super) fn new(reader: &'r mut Reader<'de>) -> Self {
        let start = reader.value_start();
        Self { reader, is_first: true, start }
    }
}

impl<'de> MapAccess<'de> for Object<'_, 'de> {
    type Error = Mismatch;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Mismatch> {
        if !self.reader.has_next(b'}', self.is_first)? {
            return Ok(None);
        }
        self.is_first = false;
        if self.reader.begin() != b'"' {
            return Err(self.reader.wrong("a string was expected"));
        }
        seed.deserialize(Name(self.reader)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Mismatch> {
        self.reader.colon()?;
        let value = seed.deserialize(&mut *self.reader)?;
        self.reader.back_to(self.start);
        Ok(value)
    }
}

/// The key of a field. A map may want a number where JSON has only strings.
struct Name<'r, 'de>(&'r mut Reader<'de>);

macro_rules! key_as_integer {
    ($($method:ident $visit:ident;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
            let key = self.0.string()?;
            match key.parse() {
                Ok(value) if Reader::is_integer(&key) => visitor.$visit(value),
                _ => Err(Mismatch::invalid_type(Unexpected::Str(""), &visitor)),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Name<'_, 'de> {
    type Error = Mismatch;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.0.visit_string(visitor)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.0.string()?.parse() {
            Ok(value) => visitor.visit_bool(value),
            Err(_) => Err(Mismatch::invalid_type(Unexpected::Str(""), &visitor)),
        }
    }

    key_as_integer! {
        deserialize_i8 visit_i8;
        deserialize_i16 visit_i16;
        deserialize_i32 visit_i32;
        deserialize_i64 visit_i64;
        deserialize_i128 visit_i128;
        deserialize_u8 visit_u8;
        deserialize_u16 visit_u16;
        deserialize_u32 visit_u32;
        deserialize_u64 visit_u64;
        deserialize_u128 visit_u128;
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        let name = self.0.string()?;
        visitor.visit_enum(name.as_ref().into_deserializer())
    }

    forward_to_deserialize_any! {
        f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct
        identifier ignored_any
    }
}

/// A variant that carries something: an object with one field.
pub(super) struct Variant<'r, 'de>(pub(super) &'r mut Reader<'de>);

impl<'r, 'de> EnumAccess<'de> for Variant<'r, 'de> {
    type Error = Mismatch;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Mismatch> {
        let variant = seed.deserialize(Name(&mut *self.0))?;
        self.0.colon()?;
        Ok((variant, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, 'de> {
    type Error = Mismatch;

    fn unit_variant(self) -> Result<(), Mismatch> {
        serde::Deserialize::deserialize(self.0)
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Mismatch> {
        seed.deserialize(self.0)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Mismatch> {
        self.0.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Mismatch> {
        self.0.deserialize_map(visitor)
    }
}
