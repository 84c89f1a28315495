//! The types that are a [`Type`] by themselves.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::num::{NonZeroU8, NonZeroU16, NonZeroU32, NonZeroU64, NonZeroUsize};

use super::schema::{Definition, Kind, Parts, Rules, Schema};
use super::{Checker, Key, Type};
use crate::Uuid;
use crate::json::Value;
use crate::time::Timestamp;

macro_rules! plain {
    ($($type:ty = $kind:ident $(, $rule:ident: $value:expr)*;)*) => {$(
        impl Type for $type {
            const SCHEMA: &'static Schema = &Schema {
                rules: Rules { $($rule: Some($value),)* ..Rules::NONE },
                ..Schema::new(Kind::$kind)
            };
            type Parts = ();
        }
    )*};
}

plain! {
    bool = Boolean;
    u8 = Integer, minimum: "0", maximum: "255";
    u16 = Integer, minimum: "0", maximum: "65535";
    u32 = Integer, minimum: "0", maximum: "4294967295";
    u64 = Integer, minimum: "0", maximum: "18446744073709551615";
    u128 = Integer, minimum: "0";
    usize = Integer, minimum: "0";
    i8 = Integer, minimum: "-128", maximum: "127";
    i16 = Integer, minimum: "-32768", maximum: "32767";
    i32 = Integer, minimum: "-2147483648", maximum: "2147483647", format: "int32";
    i64 = Integer, minimum: "-9223372036854775808", maximum: "9223372036854775807", format: "int64";
    i128 = Integer;
    isize = Integer;
    f32 = Number, format: "float";
    f64 = Number, format: "double";
    String = String;
    str = String;
    char = String, min_length: 1, max_length: 1;
    Uuid = String, format: "uuid";
    Ipv4Addr = String, format: "ipv4";
    Ipv6Addr = String, format: "ipv6";
    IpAddr = String;
    NonZeroU8 = Integer, minimum: "1", maximum: "255";
    NonZeroU16 = Integer, minimum: "1", maximum: "65535";
    NonZeroU32 = Integer, minimum: "1", maximum: "4294967295";
    NonZeroU64 = Integer, minimum: "1", maximum: "18446744073709551615";
    NonZeroUsize = Integer, minimum: "1";
    Timestamp = String, format: "date-time";
    Value = Any;
    () = Null;
}

/// What is said of these is said of what they hold.
macro_rules! transparent {
    ($([$($generics:tt)*] $type:ty => $inner:ty;)*) => {$(
        impl<$($generics)*> Type for $type {
            const SCHEMA: &'static Schema = <$inner>::SCHEMA;
            const DEFINITION: Option<&'static Definition> = <$inner>::DEFINITION;
            type Parts = <$inner as Type>::Parts;

            #[inline]
            fn check(&self, checker: &mut Checker<'_>) {
                <$inner>::check(self, checker);
            }
        }
    )*};
}

transparent! {
    ['a, T: Type + ?Sized] &'a T => T;
    [T: Type + ?Sized] Box<T> => T;
    ['a, T: Type + ToOwned + ?Sized] Cow<'a, T> => T;
}

impl<T: Type> Type for Option<T> {
    const SCHEMA: &'static Schema = &Schema::new(Kind::Nullable(T::SCHEMA));
    const DEFINITION: Option<&'static Definition> = T::DEFINITION;
    type Parts = T::Parts;

    #[inline]
    fn check(&self, checker: &mut Checker<'_>) {
        if let Some(value) = self {
            value.check(checker);
        }
    }
}

macro_rules! lists {
    ($([$($generics:tt)*] $type:ty;)*) => {$(
        impl<$($generics)*> Type for $type {
            const SCHEMA: &'static Schema = &Schema::new(Kind::Array(T::SCHEMA));
            const DEFINITION: Option<&'static Definition> = T::DEFINITION;
            type Parts = T::Parts;

            #[inline]
            fn check(&self, checker: &mut Checker<'_>) {
                for (position, item) in self.iter().enumerate() {
                    item.check(&mut checker.item(position));
                }
            }
        }
    )*};
}

lists! {
    [T: Type] Vec<T>;
    [T: Type] [T];
    [T: Type] VecDeque<T>;
    [T: Type] BTreeSet<T>;
    [T: Type, S] HashSet<T, S>;
    [T: Type, const N: usize] [T; N];
}

macro_rules! maps {
    ($([$($generics:tt)*] $type:ty;)*) => {$(
        impl<$($generics)*> Type for $type {
            const SCHEMA: &'static Schema = &Schema::new(Kind::Map(V::SCHEMA));
            const DEFINITION: Option<&'static Definition> = V::DEFINITION;
            type Parts = V::Parts;

            #[inline]
            fn check(&self, checker: &mut Checker<'_>) {
                for (key, value) in self {
                    value.check(&mut checker.at_key(key));
                }
            }
        }
    )*};
}

maps! {
    [K: Key, V: Type] BTreeMap<K, V>;
    [K: Key, V: Type, S] HashMap<K, V, S>;
}

macro_rules! list_of {
    () => { () };
    ($first:ident $($others:ident)*) => { ($first, list_of!($($others)*)) };
}

macro_rules! tuples {
    ($(($($name:ident $position:tt),+);)*) => {$(
        impl<$($name: Type),+> Type for ($($name,)+)
        where
            list_of!($($name)+): Parts,
        {
            const SCHEMA: &'static Schema = &Schema::new(Kind::Tuple(&[$($name::SCHEMA),+]));
            type Parts = list_of!($($name)+);

            #[inline]
            fn check(&self, checker: &mut Checker<'_>) {
                $(self.$position.check(&mut checker.item($position));)+
            }
        }
    )*};
}

tuples! {
    (A 0);
    (A 0, B 1);
    (A 0, B 1, C 2);
    (A 0, B 1, C 2, D 3);
    (A 0, B 1, C 2, D 3, E 4);
    (A 0, B 1, C 2, D 3, E 4, F 5);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
}
