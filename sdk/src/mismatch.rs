//! Why a text is not the type that was asked for. Said in plain words, and without the number formatting that the
//! messages of `serde` bring along: in a component that is more than the rest of the SDK.

use std::fmt::{self, Display};

use serde::de::{Error, Expected, Unexpected};

use crate::text::{join, look_up, split_once};

/// What does not fit, and where. Behind a pointer: all that reads hands on what went wrong in what it reads, and each of those places
/// would move as many bytes as this has.
#[derive(Debug, Default)]
#[doc(hidden)]
pub struct Mismatch(pub(crate) Box<Reason>);

/// See [`Mismatch`].
#[derive(Debug, Default)]
pub(crate) struct Reason {
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
        Self(Box::new(Reason { message, ..Reason::default() }))
    }

    /// This mismatch, as it was seen at a byte.
    pub(crate) fn seen_at(mut self, offset: usize) -> Self {
        self.0.offset = Some(offset);
        self
    }

    /// This mismatch at a place, unless it has one.
    pub(crate) fn at(mut self, place: &str) -> Self {
        if self.0.place.is_empty() {
            self.0.place.push_str(place);
        }
        self
    }
}

impl Display for Mismatch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.message)
    }
}

impl std::error::Error for Mismatch {}

impl Error for Mismatch {
    fn custom<T: Display>(message: T) -> Self {
        Self::new(shown(format_args!("{message}")))
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
        let mut mismatch = expected_but_found(found, expected);
        mismatch.0.is_out_of_range = is_out_of_range;
        mismatch
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

/// As text. `write!` and `to_string` say the same, each with a way of its own to write to a `String`; this is that of the
/// standard library, which handlers have for their own `format!` as well.
fn shown(arguments: fmt::Arguments<'_>) -> String {
    std::fmt::format(arguments)
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
    let name = shown(format_args!("{expected}"));
    Mismatch::new(join(&["expected ", in_json(&name), ", found ", found]))
}

/// What a client knows a type as: `serde` says what it is called in Rust.
#[inline(never)]
pub(crate) fn in_json(expected: &str) -> &str {
    let kind = || look_up(NAMES, split_once(expected, b' ')?.0);
    look_up(NAMES, expected).or_else(kind).unwrap_or(expected)
}

/// What `serde` says, or the first word of that, and what it is called.
const NAMES: &str = "\
u8=an integer from 0 to 255\n\
u16=an integer from 0 to 65535\n\
u32=an integer from 0 to 4294967295\n\
u64=an integer from 0 to 18446744073709551615\n\
usize=an integer from 0 to 18446744073709551615\n\
i8=an integer from -128 to 127\n\
i16=an integer from -32768 to 32767\n\
i32=an integer from -2147483648 to 2147483647\n\
i64=an integer from -9223372036854775808 to 9223372036854775807\n\
isize=an integer from -9223372036854775808 to 9223372036854775807\n\
f32=a number\n\
f64=a number\n\
a sequence=a list\n\
a map=an object\n\
unit=null\n\
struct=an object\n\
internally=an object\n\
adjacently=an object\n\
tuple=a list\n\
enum=a string or an object\n";

#[inline(never)]
fn not_one_of(name: &str, known: &[&str]) -> Mismatch {
    let mut message = join(&["`", name, "` is none of "]);
    for (position, known) in known.iter().enumerate() {
        message.push_str(if position == 0 { "`" } else { "`, `" });
        message.push_str(known);
    }
    message.push_str("`");
    Mismatch::new(message)
}
