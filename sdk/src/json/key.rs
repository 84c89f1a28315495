//! The keys of objects, which JSON has only as strings.

use serde::Serialize;
use serde::ser::{Error as _, Impossible, Serializer};

use super::write::Writer;
use crate::mismatch::Mismatch;

/// The key of an object: a string, or what can be put between quotes.
pub(super) struct Key<'w>(pub(super) &'w mut Writer);

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

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Mismatch> {
        self.0.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Mismatch> {
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
