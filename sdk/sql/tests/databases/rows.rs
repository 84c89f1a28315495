//! Rows for properties: few values, so that there are duplicates, nulls, and texts full of wildcards.

use mik_sql::{Timestamp, Uuid, Value};
use proptest::prelude::*;

use crate::database::Database;

pub(crate) const COLUMNS: [&str; 8] = ["id", "flag", "n", "score", "name", "code", "seen", "rank"];

/// A row: a value for each of [`COLUMNS`]. `id` tells rows apart, `id` and `rank` are never null.
pub(crate) type Row = Vec<Value>;

fn maybe(values: impl Strategy<Value = Value> + 'static) -> BoxedStrategy<Value> {
    prop_oneof![1 => Just(Value::Null), 3 => values].boxed()
}

pub(crate) fn texts() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), r#"[aAbéẞ🦋%_\\*?\[\]'"`-]{1,3}"#, "[ab]{1,2}"]
}

pub(crate) fn ints() -> impl Strategy<Value = i64> {
    prop_oneof![-2_i64..3, Just(i64::MIN), Just(i64::MAX)]
}

pub(crate) fn floats() -> impl Strategy<Value = f64> {
    (-4_i32..5).prop_map(|number| f64::from(number) / 2.0)
}

pub(crate) fn uuids() -> impl Strategy<Value = Uuid> {
    (0_u128..3).prop_map(Uuid::from_u128)
}

pub(crate) fn moments() -> impl Strategy<Value = Timestamp> {
    prop_oneof![Just(-1), 0..3_i64, Just(1_700_000_000_000_001)]
        .prop_map(|micros| Timestamp::from_micros(micros).unwrap())
}

pub(crate) fn rows(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Row>> {
    let row = vec![
        maybe(any::<bool>().prop_map(Value::Bool)),
        maybe(ints().prop_map(Value::Int)),
        maybe(floats().prop_map(Value::Float)),
        maybe(texts().prop_map(Value::String)),
        maybe(uuids().prop_map(Value::Uuid)),
        maybe(moments().prop_map(Value::Timestamp)),
        (0_i64..3).prop_map(Value::Int).boxed(),
    ];
    prop::collection::vec(row, count).prop_map(|rows| {
        let number = |(id, row): (usize, Row)| [vec![Value::Int(id as i64)], row].concat();
        rows.into_iter().enumerate().map(number).collect()
    })
}

/// The table `items`, empty.
pub(crate) fn create(database: &mut Database) {
    database.create(
        "items (id bigint PRIMARY KEY, flag boolean, n bigint, score double precision, name text, code uuid,
         seen timestamptz, rank bigint NOT NULL)",
    );
}

/// Replaces what is in the table.
pub(crate) fn fill(database: &mut Database, rows: &[Row]) {
    let empty = database.delete("items").all_rows().build().unwrap();
    database.run(empty);
    let insert = database.insert("items").columns(&COLUMNS).values_many(rows.to_vec()).build();
    database.run(insert);
}

pub(crate) fn value<'a>(row: &'a Row, column: &str) -> &'a Value {
    &row[COLUMNS.iter().position(|other| *other == column).unwrap()]
}

/// The order of two values that are not null, of one type.
pub(crate) fn compare(one: &Value, other: &Value) -> std::cmp::Ordering {
    match (one, other) {
        (Value::Bool(one), Value::Bool(other)) => one.cmp(other),
        (Value::Int(one), Value::Int(other)) => one.cmp(other),
        (Value::Float(one), Value::Float(other)) => one.partial_cmp(other).unwrap(),
        (Value::String(one), Value::String(other)) => one.cmp(other),
        (Value::Uuid(one), Value::Uuid(other)) => one.cmp(other),
        (Value::Timestamp(one), Value::Timestamp(other)) => one.cmp(other),
        pair => panic!("{pair:?} have no order"),
    }
}
