//! Statements and their values as JSON, for what runs them elsewhere.

use serde::ser::{Serialize, SerializeStruct as _, Serializer};

use super::Value;
use crate::{QueryResult, base64};

/// `{"sql": "…", "params": […]}`.
impl Serialize for QueryResult {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut query = serializer.serialize_struct("QueryResult", 2)?;
        query.serialize_field("sql", &self.sql)?;
        query.serialize_field("params", &self.params)?;
        query.end()
    }
}

/// Null, a boolean, a number, text or a list; moments, UUIDs and JSON as text, bytes as base64 for URLs without padding.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Int(value) => serializer.serialize_i64(*value),
            Self::Float(value) => serializer.serialize_f64(*value),
            Self::String(text) | Self::Json(text) => serializer.serialize_str(text),
            Self::Bytes(bytes) => serializer.serialize_str(&base64::encode(bytes)),
            Self::Uuid(uuid) => serializer.serialize_str(uuid.hyphenated().encode_lower(&mut [0; 36])),
            Self::Timestamp(moment) => serializer.serialize_str(&moment.to_rfc3339()),
            Self::Array(values) => serializer.collect_seq(values),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Operator, Timestamp, Uuid, Value, sqlite};

    #[test]
    fn a_statement_is_its_text_and_its_values() {
        let values = vec![
            Value::Null,
            true.into(),
            7.into(),
            0.5.into(),
            "ü".into(),
            Uuid::nil().into(),
            Timestamp::EPOCH.into(),
        ];
        let query = sqlite("t").fields(&["a"]).filter("b", Operator::Eq, 1).build();
        assert_eq!(
            serde_json::to_value(&query).unwrap(),
            serde_json::json!({ "sql": "SELECT `a` FROM `t` WHERE `b` = ?1", "params": [1] })
        );
        assert_eq!(
            serde_json::to_string(&Value::Array(values)).unwrap(),
            r#"[null,true,7,0.5,"ü","00000000-0000-0000-0000-000000000000","1970-01-01T00:00:00.000000Z"]"#
        );
        assert_eq!(serde_json::to_string(&Value::Bytes(vec![0xfb, 0xff])).unwrap(), r#""-_8""#);
    }
}
