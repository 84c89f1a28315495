//! What is allowed, and what is said of what is not.

use proptest::prelude::*;

use super::*;
use crate::{Operator, Value};

fn allow() -> Allow {
    Allow::new()
        .field(Field::int("age"))
        .field(Field::text("name").column("users.name"))
        .field(Field::bool("active"))
        .field(Field::float("score"))
        .field(Field::uuid("id"))
        .field(Field::timestamp("seen"))
        .field(Field::any("extra"))
        .field(Field::text("note").operators(&[Operator::Eq, Operator::Like, Operator::Regex]))
        .max_depth(2)
        .max_conditions(4)
        .max_list(3)
}

fn check(text: &str) -> Result<FilterExpr, FilterError> {
    allow().check(&text.parse()?)
}

#[test]
fn every_error_says_where_and_what() {
    for (text, message) in [
        (r#"[]"#, "filter: an object is expected, not a list"),
        (r#"{"age" 1}"#, "filter: no JSON at line 1, column 8: a `:` is missing here"),
        ("{\n \"é\": tru}", "filter: no JSON at line 2, column 7: a value is missing here"),
        (
            r#"{"password": 1}"#,
            "filter, /password: `password` is no field to filter by; there are `age`, `name`, `active`, `score`, `id`, `seen`, `extra`, `note`",
        ),
        (
            r#"{"a/b~c": 1}"#,
            "filter, /a~1b~0c: `a/b~c` is no field to filter by; there are `age`, `name`, `active`, `score`, `id`, `seen`, `extra`, `note`",
        ),
        (r#"{"age": "1"}"#, "filter, /age: an integer is expected, not text"),
        (r#"{"age": 1.0}"#, "filter, /age: an integer is expected, not a number with a fraction or an exponent"),
        (r#"{"age": 9223372036854775808}"#, "filter, /age: the number is too large"),
        (r#"{"extra": 9223372036854775808}"#, "filter, /extra: the number is too large"),
        (r#"{"score": 1e999}"#, "filter, /score: the number is too large"),
        (r#"{"age": {"$in": [1, null]}}"#, "filter, /age/$in/1: an integer is expected, not null"),
        (r#"{"age": {"$in": [1, 2, 3, 4]}}"#, "filter, /age/$in: there are more than 3"),
        (r#"{"age": {"$in": 1}}"#, "filter, /age/$in: a list is expected, not a number"),
        (r#"{"age": {"$between": [1]}}"#, "filter, /age/$between: a list of two values is expected, not a list"),
        (r#"{"age": {"$gt": null}}"#, "filter, /age/$gt: an integer is expected, not null"),
        (r#"{"age": {}}"#, "filter, /age: there is nothing here"),
        (r#"{"age": {"$isNull": 1}}"#, "filter, /age/$isNull: true or false is expected, not a number"),
        (
            r#"{"age": {"$contains": "1"}}"#,
            "filter, /age/$contains: `$contains` is not for this field; there are `$eq`, `$ne`, `$gt`, `$gte`, `$lt`, `$lte`, `$in`, `$nin`, `$between`, `$isNull`",
        ),
        (
            r#"{"note": {"$regex": "(a+)+"}}"#,
            "filter, /note/$regex: `$regex` is not for this field; there are `$eq`, `$like`",
        ),
        (r#"{"note": null}"#, "filter, /note: text is expected, not null"),
        (r#"{"name": "a\u0000b"}"#, "filter, /name: text cannot have the character U+0000"),
        (r#"{"name": {"$contains": "\u0000"}}"#, "filter, /name/$contains: text cannot have the character U+0000"),
        (r#"{"id": "7"}"#, "filter, /id: a UUID is expected, not text"),
        (r#"{"seen": "yesterday"}"#, "filter, /seen: a date and time of RFC 3339 is expected, not text"),
        (r#"{"extra": [1]}"#, "filter, /extra: a boolean, a number or text is expected, not a list"),
        (r#"{"$or": {}}"#, "filter, /$or: a list of objects is expected, not an object"),
        (r#"{"$or": []}"#, "filter, /$or: there is nothing here"),
        (r#"{"$or": [{}]}"#, "filter, /$or/0: there is nothing here"),
        (r#"{"$not": {}}"#, "filter, /$not: there is nothing here"),
        (
            r#"{"$not": {"$and": [{"$or": [{"age": 1}]}]}}"#,
            "filter, /$not/$and/0/$or: logic goes no deeper than 2 levels here",
        ),
        (
            r#"{"age": {"$not": {"$not": {"$not": {"$eq": 1}}}}}"#,
            "filter, /age/$not/$not/$not: logic goes no deeper than 2 levels here",
        ),
        (r#"{"age": {"$gt": 1, "$gt": 2}}"#, "filter, /age/$gt: this is there twice"),
        (r#"{"age": 1, "age": 2}"#, "filter, /age: this is there twice"),
        (
            r#"{"$or": [{"age": 1}, {"age": 2}, {"age": 3}, {"age": 4}, {"age": 5}]}"#,
            "filter, /$or/4/age: there are more than 4",
        ),
    ] {
        assert_eq!(check(text).unwrap_err().to_string(), message, "{text}");
    }
    for (text, start) in [
        (r#"{"age": {"$exec": 1}}"#, "filter, /age/$exec: `$exec` is no operator; there are `$eq`,"),
        (r#"{"$where": "1"}"#, "filter, /$where: `$where` is no operator; there are `$eq`,"),
    ] {
        assert!(check(text).unwrap_err().to_string().starts_with(start), "{text}");
    }
    let long = format!(r#"{{"name": {{"$contains": "{}"}}}}"#, "*".repeat(4097));
    assert_eq!(check(&long).unwrap_err().to_string(), "filter, /name/$contains: longer than 4096 bytes");
    let long = format!(r#"{{"{}": 1}}"#, "é".repeat(1000));
    assert!(check(&long).unwrap_err().to_string().len() < 600);
    assert_eq!(check(&" ".repeat(100_000)).unwrap_err().kind, FilterErrorKind::TooLong { limit: 64 * 1024 });
}

#[test]
fn what_is_allowed_keeps_its_logic_and_its_types() {
    let filter =
        check(r#"{"$or": [{"name": "x"}, {"$not": {"age": {"$gte": 1, "$lt": 9}}}], "active": null}"#).unwrap();
    let age = |operator, value: i64| crate::simple("age", operator, value);
    let expected = crate::and(vec![
        crate::or(vec![
            crate::simple("users.name", Operator::Eq, "x"),
            crate::not(crate::and(vec![age(Operator::Gte, 1), age(Operator::Lt, 9)])),
        ]),
        crate::simple("active", Operator::Eq, Value::Null),
    ]);
    assert_eq!(filter, expected);
    let FilterExpr::Simple(filter) = check(r#"{"seen": {"$gte": "2025-01-01T00:00:00Z"}}"#).unwrap() else { panic!() };
    assert_eq!(filter.value.kind(), "timestamp");
    let FilterExpr::Simple(filter) = check(r#"{"id": "67e55044-10b1-426f-9247-bb680e5fe0c8"}"#).unwrap() else {
        panic!()
    };
    assert_eq!(filter.value.kind(), "UUID");
    assert_eq!(check("{}"), Ok(FilterExpr::And(Vec::new())));
}

#[test]
fn filters_put_together_in_code_are_checked_too() {
    let allowed = vec![Filter::new("age", Operator::Gt, 1)];
    assert!(allowed.check(&allow()).is_ok());
    let error = [Filter::new("password", Operator::Eq, "x")].check(&allow()).unwrap_err();
    assert!(error.to_string().starts_with("filter, /password: `password` is no field to filter by"), "{error}");
    let error = Filter::new("age", Operator::Regex, "x").check(&allow()).unwrap_err();
    assert!(error.to_string().starts_with("filter, /age: `$regex` is not for this field"), "{error}");
}

proptest! {
    #[test]
    fn no_filter_panics(text in r#"(\{|\}|\[|\]|:|,|"age"|"name"|"\$or"|"\$not"|"\$in"|"\$eq"|"x"|1|null| ){0,30}"#) {
        let _ = check(&text);
    }
}
