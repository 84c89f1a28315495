//! Text as typed values: what a path or a query says, read by `serde`. Numbers that do not fit are errors, never wrapped.

use std::borrow::Cow;

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use crate::mismatch::{Mismatch, in_json};
use crate::text::join;

/// Names with their values, in order: the parameters of a path, or of a query. A name may come more than once.
#[derive(Clone, Copy)]
pub(crate) struct Pairs<'a>(pub(crate) &'a [(Cow<'a, str>, Cow<'a, str>)]);

impl<'a> Pairs<'a> {
    fn only_value(self) -> Result<One<'a>, Mismatch> {
        match self.0 {
            [(name, value)] => Ok(One { name, value }),
            _ => Err(Mismatch::new("one value was asked for, and there is not exactly one".to_owned())),
        }
    }
}

macro_rules! as_the_only_value {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
            let one = self.only_value()?;
            one.$method(visitor).map_err(|mismatch| mismatch.at(one.name))
        }
    )*};
}

impl<'de> Deserializer<'de> for Pairs<'_> {
    type Error = Mismatch;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.deserialize_map(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_map(ByName { pairs: self, next: 0 })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.deserialize_map(visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_seq(InOrder { pairs: self.0 })
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Mismatch> {
        if len != self.0.len() {
            return Err(Mismatch::new("there are more or fewer values than were asked for".to_owned()));
        }
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.deserialize_tuple(len, visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_unit()
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_unit()
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        let one = self.only_value()?;
        one.deserialize_enum(name, variants, visitor).map_err(|mismatch| mismatch.at(one.name))
    }

    as_the_only_value! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32
        deserialize_f64 deserialize_char deserialize_str deserialize_string deserialize_option
    }

    forward_to_deserialize_any! { bytes byte_buf unit_struct identifier }
}

/// The pairs as a map: each name once, with all its values.
struct ByName<'a> {
    pairs: Pairs<'a>,
    next: usize,
}

impl<'de> MapAccess<'de> for ByName<'_> {
    type Error = Mismatch;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Mismatch> {
        let pairs = self.pairs.0;
        while let Some((name, _)) = pairs.get(self.next) {
            self.next += 1;
            let is_first = pairs[..self.next - 1].iter().all(|(other, _)| other != name);
            if is_first {
                return seed.deserialize(text(name)).map(Some);
            }
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Mismatch> {
        let (before, from) = self.pairs.0.split_at(self.next - 1);
        debug_assert!(before.len() < self.pairs.0.len());
        let name = &from[0].0;
        seed.deserialize(Named { name, from }).map_err(|mismatch| mismatch.at(name))
    }
}

/// The pairs as a list of their values.
struct InOrder<'a> {
    pairs: &'a [(Cow<'a, str>, Cow<'a, str>)],
}

impl<'de> SeqAccess<'de> for InOrder<'_> {
    type Error = Mismatch;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Mismatch> {
        let Some(((name, value), rest)) = self.pairs.split_first() else {
            return Ok(None);
        };
        self.pairs = rest;
        seed.deserialize(One { name, value }).map(Some).map_err(|mismatch| mismatch.at(name))
    }
}

/// Every value that one name has among these pairs: one for a scalar, any number for a list.
#[derive(Clone, Copy)]
struct Named<'a> {
    name: &'a str,
    from: &'a [(Cow<'a, str>, Cow<'a, str>)],
}

impl<'a> Named<'a> {
    fn values(self) -> impl Iterator<Item = One<'a>> {
        self.from.iter().filter(move |(name, _)| name == self.name).map(|(name, value)| One { name, value })
    }

    fn one(self) -> Result<One<'a>, Mismatch> {
        let mut values = self.values();
        match (values.next(), values.next()) {
            (Some(one), None) => Ok(one),
            _ => Err(Mismatch::new("is given more than once".to_owned())),
        }
    }
}

macro_rules! as_one {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
            self.one()?.$method(visitor)
        }
    )*};
}

impl<'de> Deserializer<'de> for Named<'_> {
    type Error = Mismatch;

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        struct Values<I>(I);

        impl<'a, 'de, I: Iterator<Item = One<'a>>> SeqAccess<'de> for Values<I> {
            type Error = Mismatch;

            fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Mismatch> {
                self.0.next().map(|one| seed.deserialize(one)).transpose()
            }
        }

        visitor.visit_seq(Values(self.values()))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Mismatch> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_unit()
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.one()?.deserialize_enum(name, variants, visitor)
    }

    as_one! {
        deserialize_any deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_i128 deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
        deserialize_f32 deserialize_f64 deserialize_char deserialize_str deserialize_string deserialize_unit
    }

    forward_to_deserialize_any! { bytes byte_buf unit_struct tuple_struct map struct identifier }
}

/// One value and the name it has.
#[derive(Clone, Copy)]
struct One<'a> {
    name: &'a str,
    value: &'a str,
}

impl One<'_> {
    fn is_not(self, what: &str) -> Mismatch {
        Mismatch::new(join(&["`", self.value, "` is not ", what]))
    }

    /// The widest integer it can be; the visitor refuses what its own type cannot hold.
    fn visit_integer<'de, V: Visitor<'de>>(self, kind: &str, visitor: V) -> Result<V::Value, Mismatch> {
        let value = if let Ok(number) = self.value.parse::<u64>() {
            visitor.visit_u64(number)
        } else if let Ok(number) = self.value.parse::<i64>() {
            visitor.visit_i64(number)
        } else {
            return Err(self.is_not(in_json(kind)));
        };
        value.map_err(
            |mismatch: Mismatch| if mismatch.0.is_out_of_range { self.is_not(in_json(kind)) } else { mismatch },
        )
    }
}

macro_rules! as_integer {
    ($($method:ident $kind:literal)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
            self.visit_integer($kind, visitor)
        }
    )*};
}

/// Rust also reads `inf` and `NaN`, and takes what is too large for infinite: no client means either.
macro_rules! as_finite {
    ($($method:ident $visit:ident $float:ty, $what:literal;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
            match self.value.parse::<$float>() {
                Ok(value) if value.is_finite() => visitor.$visit(value),
                _ => Err(self.is_not($what)),
            }
        }
    )*};
}

macro_rules! as_parsed {
    ($($method:ident $visit:ident $what:literal;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
            match self.value.parse() {
                Ok(value) => visitor.$visit(value),
                Err(_) => Err(self.is_not($what)),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for One<'_> {
    type Error = Mismatch;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_str(self.value)
    }

    as_integer! {
        deserialize_i8 "i8" deserialize_i16 "i16" deserialize_i32 "i32" deserialize_i64 "i64"
        deserialize_u8 "u8" deserialize_u16 "u16" deserialize_u32 "u32" deserialize_u64 "u64"
    }

    as_parsed! {
        deserialize_bool visit_bool "`true` or `false`";
        deserialize_i128 visit_i128 "an integer of 128 bits";
        deserialize_u128 visit_u128 "a positive integer of 128 bits";
        deserialize_char visit_char "one character";
    }

    as_finite! {
        deserialize_f32 visit_f32 f32, "a number of 32 bits";
        deserialize_f64 visit_f64 f64, "a number of 64 bits";
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_unit()
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_unit()
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        visitor.visit_enum(text(self.value))
    }

    forward_to_deserialize_any! {
        str string bytes byte_buf unit_struct seq tuple tuple_struct map struct identifier
    }
}

fn text(value: &str) -> StrDeserializer<'_, Mismatch> {
    value.into_deserializer()
}
