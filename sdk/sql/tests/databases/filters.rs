//! A client's filter selects what it says: in SQLite, in PostgreSQL, and by a reading of its JSON in plain Rust.

use std::cmp::Ordering;

use mik_sql::{Allow, Field, Operator, SortDir, Value};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value as Json, json};

use crate::database::Database;
use crate::rows::{self, Row};

fn allow() -> Allow {
    use Operator::{Contains, EndsWith, Eq, Gt, Gte, ILike, In, IsNull, Like, Lt, Lte, Ne, NotIn, StartsWith};
    let text =
        [Eq, Ne, Gt, Gte, Lt, Lte, In, NotIn, Operator::Between, Contains, StartsWith, EndsWith, Like, ILike, IsNull];
    Allow::new()
        .field(Field::bool("flag"))
        .field(Field::int("n"))
        .field(Field::float("score"))
        .field(Field::text("title").column("name").operators(&text))
        .field(Field::uuid("code"))
        .field(Field::timestamp("seen").column("items.seen"))
        .max_depth(8)
        .max_conditions(1000)
}

/// The JSON for a field: a value of its type, and what can be said of it.
fn conditions() -> impl Strategy<Value = Json> {
    let field = |name: &'static str, values: BoxedStrategy<Json>, operators: &'static [&'static str]| {
        let list = prop::collection::vec(values.clone(), 0..4);
        let operator = prop::sample::select(operators);
        (values, list, operator, any::<bool>()).prop_flat_map(move |(value, list, operator, is_true)| {
            let (one, other) = (list.first().cloned(), list.get(1).cloned());
            let operand = match operator {
                "$in" | "$nin" => json!(list),
                "$between" => json!([one.unwrap_or_else(|| value.clone()), other.unwrap_or(value)]),
                "$isNull" => json!(is_true),
                "$contains" | "$startsWith" | "$endsWith" | "$like" => value,
                _ => value,
            };
            let condition = match operator {
                "plain" => json!({ name: operand }),
                "null" => json!({ name: null }),
                "$ne null" => json!({ name: { "$ne": null } }),
                "$not" => json!({ name: { "$not": { "$eq": operand } } }),
                operator => json!({ name: { operator: operand } }),
            };
            Just(condition)
        })
    };
    const PLAIN: &[&str] = &["plain", "null", "$ne null", "$not", "$eq", "$ne", "$in", "$nin", "$isNull"];
    const ORDERED: &[&str] = &[
        "plain", "null", "$ne null", "$not", "$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$in", "$nin", "$between",
        "$isNull",
    ];
    const TEXT: &[&str] = &[
        "plain",
        "null",
        "$not",
        "$ne",
        "$gt",
        "$gte",
        "$lt",
        "$lte",
        "$in",
        "$nin",
        "$between",
        "$contains",
        "$startsWith",
        "$endsWith",
        "$like",
        "$isNull",
    ];
    prop_oneof![
        field("flag", any::<bool>().prop_map(Into::into).boxed(), PLAIN),
        field("n", rows::ints().prop_map(Into::into).boxed(), ORDERED),
        field("score", rows::floats().prop_map(Into::into).boxed(), ORDERED),
        field("title", rows::texts().prop_map(Into::into).boxed(), TEXT),
        field("code", rows::uuids().prop_map(|uuid| json!(uuid.to_string())).boxed(), PLAIN),
        field("seen", rows::moments().prop_map(|moment| json!(moment.to_string())).boxed(), ORDERED),
    ]
}

fn filters() -> impl Strategy<Value = Json> {
    conditions().prop_recursive(4, 16, 3, |inner| {
        let some = prop::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            some.clone().prop_map(|filters| json!({ "$and": filters })),
            some.prop_map(|filters| json!({ "$or": filters })),
            inner.clone().prop_map(|filter| json!({ "$not": filter })),
            // Members side by side, where they have different names.
            (inner.clone(), inner).prop_map(|(one, other)| {
                let mut members = one.as_object().unwrap().clone();
                for (name, value) in other.as_object().unwrap() {
                    members.entry(name).or_insert_with(|| value.clone());
                }
                Json::Object(members)
            }),
        ]
    })
}

/// What the filter says of the row: true, false, or neither.
fn holds(filter: &Json, row: &Row) -> Option<bool> {
    all(filter.as_object().unwrap().iter().map(|(name, value)| match name.as_str() {
        "$and" => all(value.as_array().unwrap().iter().map(|filter| holds(filter, row))),
        "$or" => any_of(value.as_array().unwrap().iter().map(|filter| holds(filter, row))),
        "$not" => holds(value, row).map(|holds| !holds),
        name => field_holds(rows::value(row, if name == "title" { "name" } else { name }), value),
    }))
}

fn field_holds(found: &Value, condition: &Json) -> Option<bool> {
    let Some(operators) = condition.as_object() else { return compares(found, "$eq", condition) };
    all(operators.iter().map(|(operator, operand)| match operator.as_str() {
        "$not" => field_holds(found, operand).map(|holds| !holds),
        operator => compares(found, operator, operand),
    }))
}

fn compares(found: &Value, operator: &str, operand: &Json) -> Option<bool> {
    let is_null = *found == Value::Null;
    let items = || operand.as_array().unwrap().iter();
    let order = |operand: &Json| (!is_null).then(|| rows::compare(found, &like(found, operand)));
    match operator {
        "$isNull" => Some(is_null == operand.as_bool().unwrap()),
        "$eq" if operand.is_null() => Some(is_null),
        "$ne" if operand.is_null() => Some(!is_null),
        "$eq" => order(operand).map(Ordering::is_eq),
        "$ne" => order(operand).map(Ordering::is_ne),
        "$gt" => order(operand).map(Ordering::is_gt),
        "$gte" => order(operand).map(Ordering::is_ge),
        "$lt" => order(operand).map(Ordering::is_lt),
        "$lte" => order(operand).map(Ordering::is_le),
        "$in" => any_of(items().map(|item| order(item).map(Ordering::is_eq))),
        "$nin" => all(items().map(|item| order(item).map(Ordering::is_ne))),
        "$between" => {
            all([order(&operand[0]).map(Ordering::is_ge), order(&operand[1]).map(Ordering::is_le)].into_iter())
        }
        _ => {
            let Value::String(found) = found else { return None };
            let text = operand.as_str().unwrap();
            Some(match operator {
                "$contains" => found.contains(text),
                "$startsWith" => found.starts_with(text),
                "$endsWith" => found.ends_with(text),
                "$like" => matches(&found.chars().collect::<Vec<_>>(), &text.chars().collect::<Vec<_>>()),
                operator => panic!("{operator}"),
            })
        }
    }
}

/// A pattern of SQL, by its definition.
fn matches(text: &[char], pattern: &[char]) -> bool {
    match pattern {
        [] => text.is_empty(),
        ['%', rest @ ..] => (0..=text.len()).any(|start| matches(&text[start..], rest)),
        ['_', rest @ ..] => !text.is_empty() && matches(&text[1..], rest),
        ['\\', escaped, rest @ ..] => text.first() == Some(escaped) && matches(&text[1..], rest),
        [character, rest @ ..] => text.first() == Some(character) && matches(&text[1..], rest),
    }
}

/// A value of JSON, of the type of another.
fn like(found: &Value, operand: &Json) -> Value {
    match found {
        Value::Bool(_) => operand.as_bool().unwrap().into(),
        Value::Int(_) => operand.as_i64().unwrap().into(),
        Value::Float(_) => operand.as_f64().unwrap().into(),
        Value::String(_) => operand.as_str().unwrap().into(),
        Value::Uuid(_) => operand.as_str().unwrap().parse::<mik_sql::Uuid>().unwrap().into(),
        Value::Timestamp(_) => operand.as_str().unwrap().parse::<mik_sql::Timestamp>().unwrap().into(),
        found => panic!("{found:?}"),
    }
}

fn all(mut values: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    values
        .try_fold(Some(true), |all, value| match (all, value) {
            (_, Some(false)) => Err(()),
            (Some(true), value) => Ok(value),
            (unknown, _) => Ok(unknown),
        })
        .unwrap_or(Some(false))
}

fn any_of(values: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    all(values.map(|value| value.map(|value| !value))).map(|all| !all)
}

fn ids(database: &mut Database, filter: &Json) -> Vec<Value> {
    let query = database.select("items").fields(&["id"]).merge(&allow(), filter.to_string()).unwrap();
    let query = query.sort("id", SortDir::Asc).build();
    database.run(query).into_iter().flatten().collect()
}

#[test]
fn random_filters_select_the_same_in_both_databases_and_in_plain_rust() {
    let mut databases = Database::both();
    databases.iter_mut().for_each(rows::create);
    let databases = std::cell::RefCell::new(databases);
    let cases = (rows::rows(0..12), prop::collection::vec(filters(), 1..6));
    let mut runner = TestRunner::new(Config { cases: 400, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&cases, |(rows, filters)| {
        for database in databases.borrow_mut().iter_mut() {
            rows::fill(database, &rows);
            for filter in &filters {
                let expected: Vec<Value> =
                    rows.iter().filter(|row| holds(filter, row) == Some(true)).map(|row| row[0].clone()).collect();
                prop_assert_eq!(ids(database, filter), expected, "{:?}: {}", database.dialect(), filter);
            }
        }
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn wildcards_of_clients_stand_for_themselves() {
    for mut database in Database::both() {
        database.create("items (id bigint, name text)");
        let names = ["100%", "100x", "a_b", "axb", r"a\b", "[ab]", "a*b", "a?b", "A_B", ""];
        let rows = names.iter().zip(0..).map(|(&name, id)| vec![Value::Int(id), name.into()]).collect();
        let insert = database.insert("items").columns(&["id", "name"]).values_many(rows).build();
        database.run(insert);
        for (operator, text, expected) in [
            ("$contains", "0%", vec!["100%"]),
            ("$contains", "_", vec!["a_b", "A_B"]),
            ("$contains", "\\", vec![r"a\b"]),
            ("$startsWith", "[", vec!["[ab]"]),
            ("$startsWith", "a*", vec!["a*b"]),
            ("$endsWith", "?b", vec!["a?b"]),
            ("$startsWith", "a_", vec!["a_b"]),
            ("$contains", "", names.to_vec()),
            ("$like", r"a\_%", vec!["a_b"]),
            ("$like", "a_b", vec!["a_b", "axb", r"a\b", "a*b", "a?b"]),
            ("$ilike", r"a\_b", vec!["a_b", "A_B"]),
        ] {
            let filter = json!({ "title": { operator: text } }).to_string();
            let query = database.select("items").fields(&["name"]).merge(&allow(), filter).unwrap();
            let found = database.run(query.sort("id", SortDir::Asc).build());
            let expected: Vec<_> = expected.into_iter().map(|name| vec![Value::from(name)]).collect();
            assert_eq!(found, expected, "{:?}: {operator} {text}", database.dialect());
        }
    }
}

#[test]
fn a_clients_filter_narrows_what_the_handler_selects_and_never_widens_it() {
    for mut database in Database::both() {
        rows::create(&mut database);
        let row = |id: i64, n: i64| {
            vec![id.into(), true.into(), n.into(), 0.5.into(), "x".into(), Value::Null, Value::Null, 0.into()]
        };
        rows::fill(&mut database, &[row(1, 1), row(2, 2), row(3, 3)]);
        for filter in [
            "{}",
            r#"{"$or": [{"n": 3}, {"flag": true}]}"#,
            r#"{"$not": {"flag": false}}"#,
            r#"{"flag": true, "$or": [{"n": {"$isNull": false}}]}"#,
        ] {
            let query = database.select("items").fields(&["id"]).filter("n", Operator::Lt, 3);
            let query = query.merge(&allow(), filter).unwrap().sort("id", SortDir::Asc).build();
            assert_eq!(database.run(query), [[Value::Int(1)], [Value::Int(2)]], "{filter}");
        }
    }
}

#[test]
fn the_longest_pattern_of_a_client_is_not_too_long_for_a_database() {
    for mut database in Database::both() {
        rows::create(&mut database);
        for wildcard in ["*", "%", "[", "\\"] {
            let filter = json!({ "title": { "$contains": wildcard.repeat(4096) } }).to_string();
            let query = database.select("items").merge(&allow(), filter).unwrap().build();
            assert_eq!(database.run(query), [] as [Vec<Value>; 0]);
        }
    }
}
