//! [`Value`], taken apart and put together step by step.

use serde::Serialize;
use serde_json::{Map, Value};

/// A JSON value; the name that it had in mik-sdk 0.1.
///
/// ```
/// use mik_sdk::json::{self, JsonValue};
///
/// let value: JsonValue = json::parse(b"[1]")?;
/// assert_eq!(value[0], 1);
/// # Ok::<(), mik_sdk::Problem>(())
/// ```
pub type JsonValue = Value;

/// Reads JSON, where it can be read. [`parse`](super::parse) says why not.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// let body = json::try_parse(br#"{ "user": { "name": "Ada", "age": 36 }, "tags": ["a", "b"] }"#).unwrap();
/// assert_eq!(body.path_str(&["user", "name"]).as_deref(), Some("Ada"));
/// assert_eq!(body.get("user").get("age").int_or(0), 36);
/// assert_eq!(body.get("tags").at(1).str_or("-"), "b");
/// assert_eq!(body.get("nothing").get("here").str(), None);
/// assert!(json::try_parse(b"{").is_none());
/// ```
pub fn try_parse(bytes: &[u8]) -> Option<Value> {
    super::parse(bytes).ok()
}

/// [`try_parse`]: a document is always read to its end.
///
/// ```
/// assert!(mik_sdk::json::try_parse_full(b"{} {}").is_none());
/// ```
pub fn try_parse_full(bytes: &[u8]) -> Option<Value> {
    try_parse(bytes)
}

/// `{}`, to [`set`](ValueBuilder::set) fields in.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// let user = json::obj().set("name", json::str("Ada")).set("tags", json::arr().push(json::int(7)).push(json::null()));
/// assert_eq!(user.to_bytes(), br#"{"name":"Ada","tags":[7,null]}"#);
/// ```
pub fn obj() -> Value {
    Value::Object(Map::new())
}

/// `[]`, to [`push`](ValueBuilder::push) to.
pub const fn arr() -> Value {
    Value::Array(Vec::new())
}

/// A string.
pub fn str(text: impl AsRef<str>) -> Value {
    Value::String(text.as_ref().to_owned())
}

/// An integer.
pub fn int(number: i64) -> Value {
    Value::from(number)
}

/// A number; `null` where JSON has none such (infinite, or not a number).
///
/// ```
/// use mik_sdk::json;
///
/// assert_eq!(json::float(1.5).to_string(), "1.5");
/// assert_eq!(json::float(f64::NAN), json::null());
/// assert_eq!(json::bool(true).to_string(), "true");
/// ```
pub fn float(number: f64) -> Value {
    Value::from(number)
}

/// `true` or `false`.
pub const fn bool(value: bool) -> Value {
    Value::Bool(value)
}

/// `null`.
pub const fn null() -> Value {
    Value::Null
}

/// What `json!` makes of an expression.
#[doc(hidden)]
pub fn to_value<T: Serialize + ?Sized>(value: &T) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

/// What `json!` makes of a list.
#[doc(hidden)]
pub fn to_list<const N: usize>(items: [Value; N]) -> Value {
    Value::Array(items.into())
}

/// What `json!` makes of an object.
#[doc(hidden)]
pub fn to_object<const N: usize>(fields: [(String, Value); N]) -> Value {
    Value::Object(fields.into_iter().collect())
}

/// A value as JSON: whatever `serde` can write.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// fn written(value: &impl json::ToJson) -> json::Value {
///     value.to_json()
/// }
///
/// assert_eq!(written(&Some(7)), json::int(7));
/// ```
pub trait ToJson {
    /// This value as JSON; `null` where it has none.
    fn to_json(&self) -> Value;
}

impl<T: Serialize + ?Sized> ToJson for T {
    fn to_json(&self) -> Value {
        to_value(self)
    }
}

/// A value to be put together. See [`obj`].
///
/// ```
/// use mik_sdk::json::{self, ValueBuilder as _};
///
/// let list = json::arr().push(json::obj().set("a", json::int(1)));
/// assert_eq!(list.to_bytes(), br#"[{"a":1}]"#);
/// ```
pub trait ValueBuilder: Sized {
    /// This object with one more field; what is no object becomes one.
    #[must_use]
    fn set(self, key: &str, value: Value) -> Self;

    /// This list with one more item; what is no list becomes one.
    #[must_use]
    fn push(self, value: Value) -> Self;

    /// The JSON text.
    fn to_bytes(&self) -> Vec<u8>;
}

impl ValueBuilder for Value {
    fn set(self, key: &str, value: Value) -> Self {
        let mut fields = match self {
            Self::Object(fields) => fields,
            _ => Map::new(),
        };
        fields.insert(key.to_owned(), value);
        Self::Object(fields)
    }

    fn push(self, value: Value) -> Self {
        let mut items = match self {
            Self::Array(items) => items,
            _ => Vec::new(),
        };
        items.push(value);
        Self::Array(items)
    }

    fn to_bytes(&self) -> Vec<u8> {
        super::to_vec(self).unwrap_or_default()
    }
}

/// A value that is looked into without asking at every step whether it is there. See [`try_parse`].
///
/// It is implemented for `&Value` and for `Option<&Value>`, which is what `get` gives.
///
/// ```
/// use mik_sdk::json;
/// use mik_sdk::json::ValueReader;
///
/// /// Takes what `get` gives, as well as a value.
/// fn is_known<'v>(name: impl ValueReader<'v>) -> bool {
///     !name.is_null()
/// }
///
/// let user = json!({ "name": "Ada", "tags": [1, 2] });
/// assert!(is_known(&user) && is_known(user.get("name")) && !is_known((&user).get("age")));
/// assert_eq!((&user).get("tags").map_array(|tag| tag.int()), Some(vec![1, 2]));
/// ```
pub trait ValueReader<'v>: Copy {
    /// The value, where it is there.
    fn value(self) -> Option<&'v Value>;

    /// A field of an object.
    fn get(self, key: &str) -> Option<&'v Value> {
        self.value()?.as_object()?.get(key)
    }

    /// An item of a list.
    fn at(self, index: usize) -> Option<&'v Value> {
        self.value()?.as_array()?.get(index)
    }

    /// What is under these keys, each in the object of the one before.
    fn path(self, keys: &[&str]) -> Option<&'v Value> {
        keys.iter().try_fold(self.value()?, |value, key| value.as_object()?.get(*key))
    }

    /// The string.
    fn str(self) -> Option<String> {
        self.value()?.as_str().map(str::to_owned)
    }

    /// The string, or this.
    fn str_or(self, default: &str) -> String {
        self.str().unwrap_or_else(|| default.to_owned())
    }

    /// The integer, where it is one that an `i64` can hold.
    fn int(self) -> Option<i64> {
        self.value()?.as_i64()
    }

    /// The integer, or this.
    fn int_or(self, default: i64) -> i64 {
        self.int().unwrap_or(default)
    }

    /// The number.
    fn float(self) -> Option<f64> {
        self.value()?.as_f64()
    }

    /// The number, or this.
    fn float_or(self, default: f64) -> f64 {
        self.float().unwrap_or(default)
    }

    /// Whether it is `true`, where it is one of the two.
    fn bool(self) -> Option<bool> {
        self.value()?.as_bool()
    }

    /// Whether it is `true`, or this.
    fn bool_or(self, default: bool) -> bool {
        self.bool().unwrap_or(default)
    }

    /// Whether it is `null`, or not there.
    fn is_null(self) -> bool {
        self.value().is_none_or(Value::is_null)
    }

    /// The names of an object's fields.
    fn keys(self) -> Vec<String> {
        self.value().and_then(Value::as_object).map(|fields| fields.keys().cloned().collect()).unwrap_or_default()
    }

    /// How many items a list has, or fields an object.
    fn len(self) -> Option<usize> {
        match self.value()? {
            Value::Array(items) => Some(items.len()),
            Value::Object(fields) => Some(fields.len()),
            _ => None,
        }
    }

    /// Whether there are none.
    fn is_empty(self) -> bool {
        self.len() == Some(0)
    }

    /// What this makes of every item of a list; `None` where it is no list, or gives `None` for one.
    fn map_array<T>(self, read: impl FnMut(&'v Value) -> Option<T>) -> Option<Vec<T>> {
        self.value()?.as_array()?.iter().map(read).collect()
    }

    /// What this makes of every item of a list, or its first error; `None` where it is no list.
    fn try_map_array<T, E>(self, read: impl FnMut(&'v Value) -> Result<T, E>) -> Option<Result<Vec<T>, E>> {
        Some(self.value()?.as_array()?.iter().map(read).collect())
    }

    /// The string under these keys.
    fn path_str(self, keys: &[&str]) -> Option<String> {
        self.path(keys).str()
    }

    /// The string under these keys, or this.
    fn path_str_or(self, keys: &[&str], default: &str) -> String {
        self.path(keys).str_or(default)
    }

    /// The integer under these keys.
    fn path_int(self, keys: &[&str]) -> Option<i64> {
        self.path(keys).int()
    }

    /// The integer under these keys, or this.
    fn path_int_or(self, keys: &[&str], default: i64) -> i64 {
        self.path(keys).int_or(default)
    }

    /// The number under these keys.
    fn path_float(self, keys: &[&str]) -> Option<f64> {
        self.path(keys).float()
    }

    /// The number under these keys, or this.
    fn path_float_or(self, keys: &[&str], default: f64) -> f64 {
        self.path(keys).float_or(default)
    }

    /// Whether what is under these keys is `true`.
    fn path_bool(self, keys: &[&str]) -> Option<bool> {
        self.path(keys).bool()
    }

    /// Whether what is under these keys is `true`, or this.
    fn path_bool_or(self, keys: &[&str], default: bool) -> bool {
        self.path(keys).bool_or(default)
    }

    /// Whether `null` is under these keys.
    fn path_is_null(self, keys: &[&str]) -> bool {
        self.path(keys).is_some_and(Value::is_null)
    }

    /// Whether anything is under these keys, `null` too.
    fn path_exists(self, keys: &[&str]) -> bool {
        self.path(keys).is_some()
    }
}

impl<'v> ValueReader<'v> for &'v Value {
    fn value(self) -> Option<&'v Value> {
        Some(self)
    }
}

impl<'v> ValueReader<'v> for Option<&'v Value> {
    fn value(self) -> Option<&'v Value> {
        self
    }
}
