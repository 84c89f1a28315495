//! Writes JSON from left to right.

use http::StatusCode;
use serde::Serialize;
use serde::ser::{self, Error as _, Impossible, Serializer};

use crate::mismatch::Mismatch;
use crate::problem::Problem;
use crate::text::join;
use crate::{IntoResponse, Response};

/// A JSON text that is being written. [`ok!`](crate::ok) expands to calls of it: what is known when the handler is compiled
/// is one string, and no tree is built for the rest.
#[doc(hidden)]
#[derive(Default)]
pub struct Writer {
    out: Vec<u8>,
    error: Option<String>,
}

impl Writer {
    pub const fn new() -> Self {
        Self {
            out: Vec::new(),
            error: None,
        }
    }

    /// What is JSON already.
    #[inline(never)]
    pub fn raw(&mut self, json: &str) {
        self.out.extend_from_slice(json.as_bytes());
    }

    pub(crate) fn raw_bytes(&mut self, json: &[u8]) {
        self.out.extend_from_slice(json);
    }

    /// A string, quoted and escaped.
    #[inline(never)]
    pub fn string(&mut self, text: &str) {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        self.out.push(b'"');
        for byte in text.bytes() {
            let escape = match byte {
                b'"' | b'\\' => byte,
                0x08 => b'b',
                b'\t' => b't',
                b'\n' => b'n',
                0x0c => b'f',
                b'\r' => b'r',
                0..0x20 => {
                    self.raw("\\u00");
                    self.out.push(HEX[usize::from(byte >> 4)]);
                    self.out.push(HEX[usize::from(byte & 15)]);
                    continue;
                }
                _ => {
                    self.out.push(byte);
                    continue;
                }
            };
            self.out.extend_from_slice(&[b'\\', escape]);
        }
        self.out.push(b'"');
    }

    /// Any value. One that has no JSON is `null` here, and an error in the end.
    pub fn value<T: Serialize + ?Sized>(&mut self, value: &T) {
        let start = self.out.len();
        if let Err(error) = value.serialize(&mut *self) {
            self.failed(start, error);
        }
    }

    #[inline(never)]
    fn failed(&mut self, start: usize, error: Mismatch) {
        // What was written of it is no JSON; a log line goes out all the same, and must be whole.
        self.out.truncate(start);
        self.raw("null");
        self.error.get_or_insert(error.message);
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.out
    }

    pub fn finish(self) -> Result<Vec<u8>, Problem> {
        match self.error {
            None => Ok(self.out),
            // Told to the client and not to the log: this line is in every handler, and a log is not.
            Some(error) => Err(Problem::internal(
                join(&["the answer cannot be written as JSON: ", &error]),
            )),
        }
    }

    #[inline(never)]
    pub fn into_response(self, status: StatusCode) -> Response {
        match self.finish() {
            Ok(body) => Response::new(status)
                .with_header("content-type", "application/json")
                .with_body(body),
            Err(problem) => problem.into_response(),
        }
    }

    #[inline(never)]
    pub(crate) fn integer(&mut self, is_negative: bool, mut magnitude: u64) {
        // 2^64 has twenty digits.
        let mut digits = [0; 20];
        let mut start = digits.len();
        loop {
            start -= 1;
            digits[start] = b'0' + (magnitude % 10) as u8;
            magnitude /= 10;
            if magnitude == 0 {
                break;
            }
        }
        if is_negative {
            self.out.push(b'-');
        }
        self.out.extend_from_slice(&digits[start..]);
    }

    fn signed(&mut self, number: i64) -> Result<(), Mismatch> {
        self.integer(number < 0, number.unsigned_abs());
        Ok(())
    }

    fn unsigned(&mut self, number: u64) -> Result<(), Mismatch> {
        self.integer(false, number);
        Ok(())
    }

    /// `{"variant":`, which is closed by whoever writes the value.
    fn variant(&mut self, variant: &str) {
        self.raw("{");
        self.string(variant);
        self.raw(":");
    }
}

/// A list or an object that is being written.
#[doc(hidden)]
pub struct Compound<'w> {
    writer: &'w mut Writer,
    is_empty: bool,
    end: &'static str,
}

impl<'w> Compound<'w> {
    fn new(writer: &'w mut Writer, begin: &str, end: &'static str) -> Self {
        writer.raw(begin);
        Self {
            writer,
            is_empty: true,
            end,
        }
    }

    fn comma(&mut self) {
        if !self.is_empty {
            self.writer.raw(",");
        }
        self.is_empty = false;
    }

    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Mismatch> {
        self.comma();
        value.serialize(&mut *self.writer)
    }

    #[inline(never)]
    fn key(&mut self, key: &str) {
        self.comma();
        self.writer.string(key);
        self.writer.raw(":");
    }

    fn done(self) -> Result<(), Mismatch> {
        self.writer.raw(self.end);
        Ok(())
    }
}

impl<'w> Serializer for &'w mut Writer {
    type Ok = ();
    type Error = Mismatch;
    type SerializeSeq = Compound<'w>;
    type SerializeTuple = Compound<'w>;
    type SerializeTupleStruct = Compound<'w>;
    type SerializeTupleVariant = Compound<'w>;
    type SerializeMap = Compound<'w>;
    type SerializeStruct = Compound<'w>;
    type SerializeStructVariant = Compound<'w>;

    fn serialize_bool(self, value: bool) -> Result<(), Mismatch> {
        self.raw(if value { "true" } else { "false" });
        Ok(())
    }

    fn serialize_i8(self, value: i8) -> Result<(), Mismatch> {
        self.signed(value.into())
    }

    fn serialize_i16(self, value: i16) -> Result<(), Mismatch> {
        self.signed(value.into())
    }

    fn serialize_i32(self, value: i32) -> Result<(), Mismatch> {
        self.signed(value.into())
    }

    fn serialize_i64(self, value: i64) -> Result<(), Mismatch> {
        self.signed(value)
    }

    fn serialize_i128(self, value: i128) -> Result<(), Mismatch> {
        self.raw(&value.to_string());
        Ok(())
    }

    fn serialize_u8(self, value: u8) -> Result<(), Mismatch> {
        self.unsigned(value.into())
    }

    fn serialize_u16(self, value: u16) -> Result<(), Mismatch> {
        self.unsigned(value.into())
    }

    fn serialize_u32(self, value: u32) -> Result<(), Mismatch> {
        self.unsigned(value.into())
    }

    fn serialize_u64(self, value: u64) -> Result<(), Mismatch> {
        self.unsigned(value)
    }

    fn serialize_u128(self, value: u128) -> Result<(), Mismatch> {
        self.raw(&value.to_string());
        Ok(())
    }

    fn serialize_f32(self, value: f32) -> Result<(), Mismatch> {
        // The shortest text that is this number again. What is no number is `null`.
        self.raw(&serde_json::to_string(&value).unwrap_or_default());
        Ok(())
    }

    fn serialize_f64(self, value: f64) -> Result<(), Mismatch> {
        self.raw(&serde_json::to_string(&value).unwrap_or_default());
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result<(), Mismatch> {
        self.string(value.encode_utf8(&mut [0; 4]));
        Ok(())
    }

    fn serialize_str(self, value: &str) -> Result<(), Mismatch> {
        self.string(value);
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Mismatch> {
        self.collect_seq(value)
    }

    fn serialize_none(self) -> Result<(), Mismatch> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Mismatch> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Mismatch> {
        self.raw("null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Mismatch> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), Mismatch> {
        self.string(variant);
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Mismatch> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Mismatch> {
        self.variant(variant);
        value.serialize(&mut *self)?;
        self.raw("}");
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Compound<'w>, Mismatch> {
        Ok(Compound::new(self, "[", "]"))
    }

    fn serialize_tuple(self, _: usize) -> Result<Compound<'w>, Mismatch> {
        Ok(Compound::new(self, "[", "]"))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Compound<'w>, Mismatch> {
        Ok(Compound::new(self, "[", "]"))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Compound<'w>, Mismatch> {
        self.variant(variant);
        Ok(Compound::new(self, "[", "]}"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Compound<'w>, Mismatch> {
        Ok(Compound::new(self, "{", "}"))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Compound<'w>, Mismatch> {
        Ok(Compound::new(self, "{", "}"))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Compound<'w>, Mismatch> {
        self.variant(variant);
        Ok(Compound::new(self, "{", "}}"))
    }
}

macro_rules! lists {
    ($($of:ident $method:ident;)*) => {$(
        impl ser::$of for Compound<'_> {
            type Ok = ();
            type Error = Mismatch;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Mismatch> {
                self.item(value)
            }

            fn end(self) -> Result<(), Mismatch> {
                self.done()
            }
        }
    )*};
}

lists! {
    SerializeSeq serialize_element;
    SerializeTuple serialize_element;
    SerializeTupleStruct serialize_field;
    SerializeTupleVariant serialize_field;
}

macro_rules! objects {
    ($($of:ident)*) => {$(
        impl ser::$of for Compound<'_> {
            type Ok = ();
            type Error = Mismatch;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                key: &'static str,
                value: &T,
            ) -> Result<(), Mismatch> {
                self.key(key);
                value.serialize(&mut *self.writer)
            }

            fn end(self) -> Result<(), Mismatch> {
                self.done()
            }
        }
    )*};
}

objects! { SerializeStruct SerializeStructVariant }

impl ser::SerializeMap for Compound<'_> {
    type Ok = ();
    type Error = Mismatch;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Mismatch> {
        self.comma();
        key.serialize(Key(self.writer))?;
        self.writer.raw(":");
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Mismatch> {
        value.serialize(&mut *self.writer)
    }

    fn end(self) -> Result<(), Mismatch> {
        self.done()
    }
}

/// The key of an object: a string, or what can be put between quotes.
struct Key<'w>(&'w mut Writer);

impl Key<'_> {
    fn no_key(self) -> Mismatch {
        Mismatch::custom("a key must be a string")
    }
}

macro_rules! quoted {
    ($($method:ident $of:ty;)*) => {$(
        fn $method(self, value: $of) -> Result<(), Mismatch> {
            self.0.raw("\"");
            (&mut *self.0).$method(value)?;
            self.0.raw("\"");
            Ok(())
        }
    )*};
}

macro_rules! no_keys {
    ($($method:ident($($of:ty),*) -> $result:ty;)*) => {$(
        fn $method(self, $(_: $of),*) -> Result<$result, Mismatch> {
            Err(self.no_key())
        }
    )*};
}

type No = Impossible<(), Mismatch>;

impl Serializer for Key<'_> {
    type Ok = ();
    type Error = Mismatch;
    type SerializeSeq = No;
    type SerializeTuple = No;
    type SerializeTupleStruct = No;
    type SerializeTupleVariant = No;
    type SerializeMap = No;
    type SerializeStruct = No;
    type SerializeStructVariant = No;

    quoted! {
        serialize_bool bool;
        serialize_i8 i8;
        serialize_i16 i16;
        serialize_i32 i32;
        serialize_i64 i64;
        serialize_i128 i128;
        serialize_u8 u8;
        serialize_u16 u16;
        serialize_u32 u32;
        serialize_u64 u64;
        serialize_u128 u128;
    }

    fn serialize_f32(self, value: f32) -> Result<(), Mismatch> {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, _: f64) -> Result<(), Mismatch> {
        Err(self.no_key())
    }

    fn serialize_char(self, value: char) -> Result<(), Mismatch> {
        self.0.serialize_char(value)
    }

    fn serialize_str(self, value: &str) -> Result<(), Mismatch> {
        self.0.serialize_str(value)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Mismatch> {
        value.serialize(self)
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), Mismatch> {
        self.0.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Mismatch> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), Mismatch> {
        Err(self.no_key())
    }

    no_keys! {
        serialize_bytes(&[u8]) -> ();
        serialize_none() -> ();
        serialize_unit() -> ();
        serialize_unit_struct(&'static str) -> ();
        serialize_seq(Option<usize>) -> No;
        serialize_tuple(usize) -> No;
        serialize_tuple_struct(&'static str, usize) -> No;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> No;
        serialize_map(Option<usize>) -> No;
        serialize_struct(&'static str, usize) -> No;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> No;
    }
}

impl ser::Error for Mismatch {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        <Self as serde::de::Error>::custom(message)
    }
}
