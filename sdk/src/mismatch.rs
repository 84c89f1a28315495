//! Why a text is not the type that was asked for. Said in plain words, and without the number formatting that the
//! messages of `serde` bring along: in a component that is more than the rest of the SDK.

use std::fmt::{self, Display, Write as _};

use serde::de::{Error, Expected, Unexpected};

use crate::text::{join, split_once};

/// What does not fit, and where.
#[derive(Debug, Default)]
#[doc(hidden)]
pub struct Mismatch {
    pub(crate) message: String,
    /// The name of a parameter; empty where it is the whole, and in JSON, whose offset says it.
    pub(crate) place: String,
    /// The byte at which it was seen.
    pub(crate) offset: Option<usize>,
    /// It is a number, and none that its type holds.
    pub(crate) is_out_of_range: bool,
}

impl Mismatch {
    #[inline(never)]
    pub(crate) fn new(message: String) -> Self {
        Self { message, ..Self::default() }
    }

    /// This mismatch at a place, unless it has one.
    pub(crate) fn at(mut self, place: &str) -> Self {
        if self.place.is_empty() {
            self.place.push_str(place);
        }
        self
    }
}

impl Display for Mismatch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Mismatch {}

impl Error for Mismatch {
    fn custom<T: Display>(message: T) -> Self {
        let mut text = String::new();
        let _ = write!(text, "{message}");
        Self::new(text)
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        expected_but_found(found, expected)
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let is_out_of_range = matches!(found, Unexpected::Unsigned(_) | Unexpected::Signed(_));
        // Of the right type, so that "expected a date, found a string" would say nothing.
        let found = match found {
            Unexpected::Str(_) => Unexpected::Other("a string that is none"),
            found => found,
        };
        Self { is_out_of_range, ..expected_but_found(found, expected) }
    }

    fn invalid_length(_: usize, expected: &dyn Expected) -> Self {
        expected_but_found(Unexpected::Other("another number of values"), expected)
    }

    fn unknown_variant(variant: &str, known: &'static [&'static str]) -> Self {
        not_one_of(variant, known)
    }

    fn unknown_field(field: &str, known: &'static [&'static str]) -> Self {
        not_one_of(field, known)
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(join(&["`", field, "` is missing"]))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::new(join(&["`", field, "` is given more than once"]))
    }
}

impl serde::ser::Error for Mismatch {
    fn custom<T: Display>(message: T) -> Self {
        <Self as serde::de::Error>::custom(message)
    }
}

#[inline(never)]
fn expected_but_found(found: Unexpected<'_>, expected: &dyn Expected) -> Mismatch {
    let found = match found {
        Unexpected::Bool(_) => "a boolean",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) => "another integer",
        Unexpected::Float(_) => "a number that is not an integer",
        Unexpected::Char(_) | Unexpected::Str(_) => "a string",
        Unexpected::Bytes(_) => "bytes",
        Unexpected::Unit | Unexpected::Option => "null",
        Unexpected::NewtypeStruct => "a value",
        Unexpected::Seq => "a list",
        Unexpected::Map => "an object",
        Unexpected::Enum
        | Unexpected::UnitVariant
        | Unexpected::NewtypeVariant
        | Unexpected::TupleVariant
        | Unexpected::StructVariant => "a variant",
        Unexpected::Other(other) => other,
    };
    let mut name = String::new();
    let _ = write!(name, "{expected}");
    Mismatch::new(join(&["expected ", in_json(&name), ", found ", found]))
}

/// What a client knows a type as: `serde` says what it is called in Rust.
pub(crate) fn in_json(expected: &str) -> &str {
    match expected {
        "u8" => "an integer from 0 to 255",
        "u16" => "an integer from 0 to 65535",
        "u32" => "an integer from 0 to 4294967295",
        "u64" | "usize" => "an integer from 0 to 18446744073709551615",
        "i8" => "an integer from -128 to 127",
        "i16" => "an integer from -32768 to 32767",
        "i32" => "an integer from -2147483648 to 2147483647",
        "i64" | "isize" => "an integer from -9223372036854775808 to 9223372036854775807",
        "f32" | "f64" => "a number",
        "a sequence" => "a list",
        "a map" => "an object",
        "unit" => "null",
        _ => match split_once(expected, b' ') {
            Some(("struct" | "internally" | "adjacently", _)) => "an object",
            Some(("tuple", _)) => "a list",
            Some(("enum", _)) => "a string or an object",
            _ => expected,
        },
    }
}

#[inline(never)]
fn not_one_of(name: &str, known: &[&str]) -> Mismatch {
    let mut message = join(&["`", name, "` is none of "]);
    for (position, known) in known.iter().enumerate() {
        message.push_str(if position == 0 { "`" } else { "`, `" });
        message.push_str(known);
    }
    message.push('`');
    Mismatch::new(message)
}
