//! A client's filter as part of what a handler reads: of a body, where it is an object, or of a query, where it is text.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use super::ClientFilter;
use crate::json::Json;

impl<'de> Deserialize<'de> for ClientFilter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Either)
    }
}

impl Serialize for ClientFilter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

struct Either;

impl<'de> Visitor<'de> for Either {
    type Value = ClientFilter;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a filter: an object, or its JSON as text")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<ClientFilter, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<ClientFilter, A::Error> {
        Json::deserialize(MapAccessDeserializer::new(members)).map(ClientFilter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Allow, Field, Operator, Wish as _};

    fn allow() -> Allow {
        Allow::new().field(Field::int("age")).field(Field::float("score")).field(Field::text("name"))
    }

    #[test]
    fn an_object_and_its_text_are_the_same_filter() {
        for text in [
            r#"{"age": {"$gte": -18, "$lt": 65}, "$not": {"name": {"$in": ["Ada", "Jürgen"]}}}"#,
            r#"{"age": null}"#,
            r#"{"score": {"$between": [0.5, 7]}}"#,
            r#"{"age": 9223372036854775807}"#,
            "{}",
        ] {
            let as_object: ClientFilter = serde_json::from_str(text).unwrap();
            let as_text: ClientFilter = serde_json::from_value(text.into()).unwrap();
            assert_eq!(
                serde_json::to_value(&as_object).unwrap(),
                serde_json::from_str::<serde_json::Value>(text).unwrap()
            );
            assert_eq!(as_object.check(&allow()).unwrap(), as_text.check(&allow()).unwrap(), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_as_it_is_of_text() {
        for text in [
            r#"{"password": 1}"#,
            r#"{"age": 1.5}"#,
            r#"{"age": 9223372036854775808}"#,
            r#"{"age": {"$gt": [1]}}"#,
            r#"{"age": {"$gt": 1, "$gt": 2}}"#,
            r#"{"$or": {}}"#,
        ] {
            let as_object: ClientFilter = serde_json::from_str(text).unwrap();
            let as_text: ClientFilter = text.parse().unwrap();
            assert_eq!(as_object.check(&allow()), as_text.check(&allow()), "{text}");
            assert!(as_object.check(&allow()).is_err(), "{text}");
        }
    }

    #[test]
    fn a_float_stays_one() {
        let filter: ClientFilter = serde_json::from_str(r#"{"score": {"$gt": 1e2}}"#).unwrap();
        assert_eq!(filter.check(&allow()), Ok(crate::simple("score", Operator::Gt, 100.0)));
    }

    #[test]
    fn what_is_no_filter_is_refused_where_it_is_read() {
        for (json, message) in [
            ("7", "invalid type: integer `7`, expected a filter: an object, or its JSON as text at line 1 column 1"),
            ("[]", "invalid type: sequence, expected a filter: an object, or its JSON as text"),
            (r#""{\"age\": }""#, "filter: no JSON at line 1, column 9: a value is missing here"),
        ] {
            let error = serde_json::from_str::<ClientFilter>(json).unwrap_err().to_string();
            assert!(error.starts_with(message), "{error}");
        }
        let deep = format!("{}1{}", r#"{"$not":"#.repeat(40), "}".repeat(40));
        let error = serde_json::from_str::<ClientFilter>(&deep).unwrap_err().to_string();
        assert!(error.starts_with("this is nested too deep"), "{error}");
    }
}
