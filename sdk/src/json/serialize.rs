//! What `serde` writes, as JSON.

use serde::Serialize;
use serde::ser::{self, Serializer};

use super::key::Key;
use super::write::Writer;
use crate::mismatch::Mismatch;

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
        Self { writer, is_empty: true, end }
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

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Mismatch> {
        self.string(variant);
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Mismatch> {
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
