//! What clients send to lists of rows: filters, sorts, cursors, timestamps.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mik_sql::{
    Allow, CursorKey, Field, Operator, PageRequest, QueryResult, SortDir, SortField, Timestamp, Value, parse_filter,
    postgres, sqlite,
};
use serde::de::IgnoredAny;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The names that a statement may have between quotes, and nothing of the client's.
const NAMES: [&str; 8] = ["rows", "id", "name", "age", "is_admin", "score", "created_at", "external_id"];

/// The words of a statement.
const WORDS: &[&str] = &[
    "SELECT",
    "FROM",
    "WHERE",
    "AND",
    "OR",
    "NOT",
    "IS",
    "NULL",
    "NULLS",
    "FIRST",
    "LAST",
    "IN",
    "LIKE",
    "ILIKE",
    "ESCAPE",
    "BETWEEN",
    "ORDER",
    "BY",
    "ASC",
    "DESC",
    "LIMIT",
    "OFFSET",
    "TRUE",
    "FALSE",
    "CAST",
    "AS",
    "COLLATE",
    "LOWER",
    "GLOB",
    "ANY",
    "ALL",
    "bigint",
    "boolean",
    "double",
    "precision",
    "text",
    "timestamptz",
    "uuid",
];

fn allow() -> Allow {
    Allow::new()
        .field(Field::text("name").sortable().operators(&[
            Operator::Eq,
            Operator::In,
            Operator::Like,
            Operator::ILike,
            Operator::Contains,
            Operator::StartsWith,
            Operator::EndsWith,
        ]))
        .field(Field::int("age").sortable())
        .field(Field::bool("admin").column("is_admin"))
        .field(Field::float("score"))
        .field(Field::timestamp("created").column("created_at").sortable())
        .field(Field::uuid("external").column("external_id"))
}

fuzz_target!(|text: &str| {
    let mut lines = text.split('\n');
    let mut line = || lines.next().unwrap_or_default();
    let (filter, sort, cursor, timestamp) = (line(), line(), line(), line());
    check_filter(filter);
    check_sort(sort);
    check_cursor(cursor);
    check_timestamp(timestamp);
});

fn check_filter(text: &str) {
    let allow = allow();
    let Ok(filter) = parse_filter(text).inspect_err(|error| assert!(!error.to_string().is_empty())) else { return };
    // Numbers may be of any size until a field says what it holds.
    assert!(serde_json::from_str::<IgnoredAny>(text).is_ok(), "{text}");
    for select in [postgres("rows"), sqlite("rows")] {
        match select.fields(&["id"]).merge(&allow, &filter) {
            Ok(select) => check_statement(&select.build()),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
}

fn check_sort(text: &str) {
    match allow().sort(text) {
        Ok(sorts) => check_statement(&postgres("rows").fields(&["id"]).sorts(&sorts).build()),
        Err(error) => assert!(error.position <= text.len(), "{error:?}"),
    }
}

/// Words, names and placeholders: nothing that a client has written is part of a statement.
fn check_statement(QueryResult { sql, params, .. }: &QueryResult) {
    let mut placeholders = 0;
    for (position, part) in sql.split(['"', '`']).enumerate() {
        if position % 2 == 1 {
            assert!(NAMES.contains(&part), "{sql}");
            continue;
        }
        let tokens = part.split(|character: char| !character.is_ascii_alphanumeric() && character != '_');
        for token in tokens.filter(|token| !token.is_empty() && !token.bytes().all(|byte| byte.is_ascii_digit())) {
            assert!(WORDS.contains(&token), "{token}: {sql}");
        }
        let is_known =
            |character: char| character.is_ascii_alphanumeric() || " (),.=<>!?$:*_-+|'\\".contains(character);
        assert!(part.chars().all(is_known), "{sql}");
        placeholders += part.matches(['$', '?']).count();
    }
    assert_eq!(placeholders, params.len(), "{sql}");
    let is_number = |value: &Value| !matches!(value, Value::Float(float) if !float.is_finite());
    assert!(params.iter().all(is_number), "{params:?}");
}

fn check_cursor(text: &str) {
    let key = CursorKey::new("a key for a test, 32 bytes long.").expect("a key");
    let by = [SortField::new("name", SortDir::Desc), SortField::new("id", SortDir::Asc).not_null()];
    let list = || postgres("rows").fields(&["id", "name"]).sorts(&by);
    let page = |after| PageRequest { after, limit: 1, ..PageRequest::default() };
    // Nobody makes up a cursor.
    assert!(list().pages(&key, page(Some(text))).is_err(), "{text}");
    // What was given out comes back as it was, and not with one byte changed.
    let first = list().pages(&key, page(None)).expect("the first page");
    let rows = vec![(7_i64, text), (8, text)];
    let position = |(id, name): &(i64, &str)| vec![Value::from(*name), Value::from(*id)];
    let Ok(first) = first.page(rows, position) else {
        assert!(text.len() > 1000, "{text}");
        return;
    };
    let next = first.next.expect("there is a second row");
    let second = list().pages(&key, page(Some(&next))).expect("a cursor that was given out").query();
    check_statement(&second);
    assert!(second.params.contains(&Value::from(text)), "{second:?}");
    let changed = text.len() % next.len();
    let other = if next.as_bytes()[changed] == b'A' { 'B' } else { 'A' };
    let tampered = format!("{}{other}{}", &next[..changed], &next[changed + 1..]);
    assert!(list().pages(&key, page(Some(&tampered))).is_err(), "{tampered}");
}

fn check_timestamp(text: &str) {
    let ours = text.parse::<Timestamp>();
    if let Ok(moment) = ours {
        assert_eq!(moment.to_string().parse(), Ok(moment), "{text}");
    }
    // Of more digits than nine, leap seconds and what separates date and time, `time` has an opinion of its own.
    let is_separated = matches!(text.as_bytes().get(10), Some(b'T' | b't' | b' '));
    let is_plain = is_separated && !text.contains(":60") && text.len() < 36;
    if let (true, Ok(theirs)) = (is_plain, OffsetDateTime::parse(text, &Rfc3339)) {
        let micros = theirs.unix_timestamp_nanos().div_euclid(1000);
        let expected = i64::try_from(micros).ok().and_then(Timestamp::from_micros);
        if text.bytes().filter(u8::is_ascii_digit).count() <= 27 {
            assert_eq!(ours.ok(), expected, "{text}");
        }
    }
}
