//! What a JSON text is to `serde`.

use std::borrow::Cow;

use serde::de::{Deserializer, Error as _, Expected, IntoDeserializer, Unexpected, Visitor};
use serde::forward_to_deserialize_any;

use super::access::{List, Object, Variant};
use super::read::Reader;
use crate::mismatch::Mismatch;
use crate::text::{join, push_number};

enum Integer {
    Unsigned(u64),
    Signed(i64),
}

impl<'de> Reader<'de> {
    /// An integer as the narrowest of the two types that holds it; `None` where it is none, or is too large.
    fn integer(text: &str) -> Option<Integer> {
        match text.parse() {
            Ok(number) => Some(Integer::Unsigned(number)),
            Err(_) => text.parse().ok().map(Integer::Signed),
        }
    }

    /// A value that is a whole number within these bounds, as the bits of its 64-bit type. One that is out of them is noted,
    /// and the nearest bound is read.
    #[inline(never)]
    fn whole(&mut self, expected: &dyn Expected, least: i64, most: u64) -> Result<u64, Mismatch> {
        let (text, is_integer) = self.number_for(expected)?;
        if !is_integer {
            return Err(Mismatch::invalid_type(Unexpected::Float(0.0), expected));
        }
        let (is_negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text),
        };
        let limit = if is_negative { least.unsigned_abs() } else { most };
        let magnitude = match digits.parse::<u64>() {
            Ok(magnitude) if magnitude <= limit => magnitude,
            _ => {
                let mut detail = join(&[if is_negative { "must be at least " } else { "must be at most " }]);
                if is_negative && limit > 0 {
                    detail.push('-');
                }
                push_number(&mut detail, limit);
                self.out_of_range(detail);
                limit
            }
        };
        Ok(if is_negative { magnitude.wrapping_neg() } else { magnitude })
    }

    /// What is read of a number that not even an `f64` holds.
    #[inline(never)]
    fn largest(&mut self, text: &str) -> f64 {
        if self.is_below(text, "-1.7976931348623157e308", "1.7976931348623157e308") { f64::MIN } else { f64::MAX }
    }

    /// The text of a number, where one begins.
    fn number_for(&mut self, expected: &dyn Expected) -> Result<(&'de str, bool), Mismatch> {
        match self.begin() {
            b'-' | b'0'..=b'9' => self.number(),
            _ => Err(self.not(expected)),
        }
    }

    /// A number that is out of the range with these ends: it is noted. Whether it is below.
    #[inline(never)]
    fn is_below(&mut self, text: &str, least: &str, most: &str) -> bool {
        let is_negative = text.starts_with('-');
        let pieces = if is_negative { ["must be at least ", least] } else { ["must be at most ", most] };
        self.out_of_range(join(&pieces));
        is_negative
    }

    /// What is said of the value that begins here, where another was expected. What it is can be seen from its first byte.
    fn not(&mut self, expected: &dyn Expected) -> Mismatch {
        let found = match self.peek() {
            Some(b'"') => Unexpected::Str(""),
            Some(b'[') => Unexpected::Seq,
            Some(b'{') => Unexpected::Map,
            Some(b't' | b'f') => Unexpected::Bool(true),
            Some(b'n') => Unexpected::Unit,
            Some(b'-' | b'0'..=b'9') => Unexpected::Other("a number"),
            _ => return self.wrong("a value was expected"),
        };
        Mismatch::invalid_type(found, expected)
    }

    fn visit_list<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Mismatch> {
        self.enter()?;
        let value = visitor.visit_seq(List::new(self))?;
        self.leave(b']')?;
        Ok(value)
    }

    fn visit_object<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Mismatch> {
        self.enter()?;
        let value = visitor.visit_map(Object::new(self))?;
        self.leave(b'}')?;
        Ok(value)
    }

    pub(super) fn visit_string<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.string()? {
            Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
            Cow::Owned(text) => visitor.visit_string(text),
        }
    }
}

macro_rules! as_integer {
    ($($method:ident $visit:ident $type:ident;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
            let number = self.whole(&visitor, $type::MIN as i64, $type::MAX as u64)?;
            visitor.$visit(number as $type)
        }
    )*};
}

macro_rules! as_wide_integer {
    ($($method:ident $visit:ident $type:ident $least:literal $most:literal;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
            let (text, is_integer) = self.number_for(&visitor)?;
            match text.parse() {
                Ok(number) => visitor.$visit(number),
                Err(_) if !is_integer => Err(Mismatch::invalid_type(Unexpected::Float(0.0), &visitor)),
                Err(_) => visitor.$visit(if self.is_below(text, $least, $most) { $type::MIN } else { $type::MAX }),
            }
        }
    )*};
}

macro_rules! as_float {
    ($($method:ident $visit:ident $type:ident $least:literal $most:literal;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
            let (text, _) = self.number_for(&visitor)?;
            match text.parse::<$type>() {
                Ok(number) if number.is_finite() => visitor.$visit(number),
                _ => visitor.$visit(if self.is_below(text, $least, $most) { $type::MIN } else { $type::MAX }),
            }
        }
    )*};
}

macro_rules! as_string {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
            match self.begin() {
                b'"' => self.visit_string(visitor),
                _ => Err(self.not(&visitor)),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Mismatch;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.begin() {
            b'"' => self.visit_string(visitor),
            b'[' => self.visit_list(visitor),
            b'{' => self.visit_object(visitor),
            b't' | b'f' => self.deserialize_bool(visitor),
            b'n' => self.deserialize_unit(visitor),
            b'-' | b'0'..=b'9' => {
                let (text, is_integer) = self.number()?;
                let integer = Reader::integer(text).filter(|_| is_integer && text != "-0");
                match integer {
                    Some(Integer::Unsigned(number)) => visitor.visit_u64(number),
                    Some(Integer::Signed(number)) => visitor.visit_i64(number),
                    None => match text.parse::<f64>() {
                        Ok(number) if number.is_finite() => visitor.visit_f64(number),
                        _ => visitor.visit_f64(self.largest(text)),
                    },
                }
            }
            _ => Err(self.wrong("a value was expected")),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.begin() {
            b't' => {
                self.word("true")?;
                visitor.visit_bool(true)
            }
            b'f' => {
                self.word("false")?;
                visitor.visit_bool(false)
            }
            _ => Err(self.not(&visitor)),
        }
    }

    as_integer! {
        deserialize_i8 visit_i8 i8;
        deserialize_i16 visit_i16 i16;
        deserialize_i32 visit_i32 i32;
        deserialize_i64 visit_i64 i64;
        deserialize_u8 visit_u8 u8;
        deserialize_u16 visit_u16 u16;
        deserialize_u32 visit_u32 u32;
        deserialize_u64 visit_u64 u64;
    }

    as_wide_integer! {
        deserialize_i128 visit_i128 i128
            "-170141183460469231731687303715884105728" "170141183460469231731687303715884105727";
        deserialize_u128 visit_u128 u128 "0" "340282366920938463463374607431768211455";
    }

    // Each by itself: an `f32` that is read as an `f64` first is rounded twice, and what it cannot hold is infinite.
    as_float! {
        deserialize_f32 visit_f32 f32 "-3.4028235e38" "3.4028235e38";
        deserialize_f64 visit_f64 f64 "-1.7976931348623157e308" "1.7976931348623157e308";
    }

    as_string! { deserialize_char deserialize_str deserialize_string deserialize_identifier }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.begin() {
            b'n' => {
                self.word("null")?;
                visitor.visit_none()
            }
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.begin() {
            b'n' => {
                self.word("null")?;
                visitor.visit_unit()
            }
            _ => Err(self.not(&visitor)),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Mismatch> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.begin() {
            b'[' => self.visit_list(visitor),
            _ => Err(self.not(&visitor)),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Mismatch> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.begin() {
            b'{' => self.visit_object(visitor),
            _ => Err(self.not(&visitor)),
        }
    }

    /// An object, and nothing else: `serde_json` would also take a list of the fields in their order, which no client
    /// means.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        match self.begin() {
            b'"' => {
                let name = self.string()?;
                visitor.visit_enum(name.as_ref().into_deserializer())
            }
            b'{' => {
                self.enter()?;
                if self.peek() != Some(b'"') {
                    return Err(self.wrong("a string was expected"));
                }
                let value = visitor.visit_enum(Variant(&mut *self))?;
                self.leave(b'}')?;
                Ok(value)
            }
            _ => Err(self.not(&visitor)),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.pass(None)?;
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { bytes byte_buf }
}
