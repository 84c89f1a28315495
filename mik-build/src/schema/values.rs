//! What keys take: each value is checked as it is read, so that what has been read is right.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::ops::{Deref, Range};
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};

/// A value and where it stands, in bytes of the text.
#[derive(Clone, Debug, PartialEq)]
pub struct Spanned<T>(toml::Spanned<T>);

impl<T> Spanned<T> {
    /// A value that follows from what stands at a place.
    pub(super) fn new(span: Range<usize>, value: T) -> Self {
        Self(toml::Spanned::new(span, value))
    }

    /// The value itself.
    pub fn into_inner(self) -> T {
        self.0.into_inner()
    }

    /// Where it stands.
    pub fn span(&self) -> Range<usize> {
        self.0.span()
    }
}

impl<T> Deref for Spanned<T> {
    type Target = toml::Spanned<T>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Spanned<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        toml::Spanned::deserialize(deserializer).map(Self)
    }
}

/// A whole number within bounds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Number<const DEFAULT: u64, const LEAST: u64, const MOST: u64>(u64);

impl<const DEFAULT: u64, const LEAST: u64, const MOST: u64> Number<DEFAULT, LEAST, MOST> {
    /// What counts where the key is absent.
    pub const DEFAULT: u64 = DEFAULT;
    /// The bounds.
    pub const RANGE: std::ops::RangeInclusive<u64> = LEAST..=MOST;

    /// The number, if it is within bounds.
    pub fn new(number: u64) -> Option<Self> {
        Self::RANGE.contains(&number).then_some(Self(number))
    }

    /// The number.
    pub fn get(self) -> u64 {
        self.0
    }
}

impl<const DEFAULT: u64, const LEAST: u64, const MOST: u64> Default for Number<DEFAULT, LEAST, MOST> {
    fn default() -> Self {
        Self(DEFAULT)
    }
}

impl<const DEFAULT: u64, const LEAST: u64, const MOST: u64> fmt::Debug for Number<DEFAULT, LEAST, MOST> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl<const DEFAULT: u64, const LEAST: u64, const MOST: u64> fmt::Display for Number<DEFAULT, LEAST, MOST> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl<'de, const DEFAULT: u64, const LEAST: u64, const MOST: u64> Deserialize<'de> for Number<DEFAULT, LEAST, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bounded<const DEFAULT: u64, const LEAST: u64, const MOST: u64>;

        impl<const DEFAULT: u64, const LEAST: u64, const MOST: u64> Visitor<'_> for Bounded<DEFAULT, LEAST, MOST> {
            type Value = Number<DEFAULT, LEAST, MOST>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, "a whole number from {LEAST} to {MOST}")
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
                Number::new(number).ok_or_else(|| E::invalid_value(Unexpected::Unsigned(number), &self))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
                match u64::try_from(number) {
                    Ok(number) => self.visit_u64(number),
                    Err(_) => Err(E::invalid_value(Unexpected::Signed(number), &self)),
                }
            }
        }

        deserializer.deserialize_u64(Bounded)
    }
}

/// What a build optimizes for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Optimize {
    /// Nothing: the profile as it is, names and debug information kept.
    None,
    /// The fewest bytes.
    Size,
    /// The fewest instructions.
    Speed,
}

/// What becomes of panics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Panic {
    /// They say what happened, and trap.
    Message,
    /// They trap, and what only formats their messages is cut out.
    Trap,
}

/// Whether Binaryen's `wasm-opt` takes part in a build, and which.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged, expecting = "expected `\"auto\"`, `true`, `false`, or a path")]
pub enum WasmOpt {
    /// Whether it has to.
    Must(bool),
    /// `auto`, or its path.
    Named(String),
}

/// A variable of the guest's environment.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged, deny_unknown_fields, expecting = "expected a string, or `{ from = \"HOST_VARIABLE\" }`")]
pub enum EnvValue {
    /// The value itself.
    Literal(String),
    /// A copy of one variable of the host's.
    From {
        /// The host variable's name.
        from: String,
    },
}

/// An address to listen on: an IP address, or `localhost`, which needs no resolver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address(pub IpAddr);

impl Default for Address {
    fn default() -> Self {
        Self(IpAddr::V4(Ipv4Addr::LOCALHOST))
    }
}

impl FromStr for Address {
    type Err = std::net::AddrParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "localhost" => Ok(Self::default()),
            address => address.parse().map(Self),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|_| D::Error::invalid_value(Unexpected::Str(&text), &"an IP address, or `localhost`"))
    }
}

/// A name that can stand in a URL and be a file's: what cargo takes for a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(String);

impl Name {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let fits = |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_');
        if !text.is_empty() && text.chars().all(fits) {
            return Ok(Self(text));
        }
        Err(D::Error::invalid_value(Unexpected::Str(&text), &"a name of letters, digits, `-` and `_`"))
    }
}

#[cfg(feature = "schema")]
mod schema {
    use std::borrow::Cow;

    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

    use super::{Address, Name, Number, Spanned};

    impl<T: JsonSchema> JsonSchema for Spanned<T> {
        fn inline_schema() -> bool {
            T::inline_schema()
        }

        fn schema_name() -> Cow<'static, str> {
            T::schema_name()
        }

        fn schema_id() -> Cow<'static, str> {
            T::schema_id()
        }

        fn json_schema(generator: &mut SchemaGenerator) -> Schema {
            T::json_schema(generator)
        }
    }

    impl<const DEFAULT: u64, const LEAST: u64, const MOST: u64> JsonSchema for Number<DEFAULT, LEAST, MOST> {
        fn inline_schema() -> bool {
            true
        }

        fn schema_name() -> Cow<'static, str> {
            format!("From{LEAST}To{MOST}").into()
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({ "type": "integer", "minimum": LEAST, "maximum": MOST, "default": DEFAULT })
        }
    }

    impl JsonSchema for Address {
        fn inline_schema() -> bool {
            true
        }

        fn schema_name() -> Cow<'static, str> {
            "Address".into()
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({
                "type": "string",
                "anyOf": [{ "format": "ipv4" }, { "format": "ipv6" }, { "const": "localhost" }],
                "default": Self::default().to_string(),
            })
        }
    }

    impl JsonSchema for Name {
        fn inline_schema() -> bool {
            true
        }

        fn schema_name() -> Cow<'static, str> {
            "Name".into()
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({ "type": "string", "pattern": "^[A-Za-z0-9_-]+$" })
        }
    }
}
