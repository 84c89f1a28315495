//! Whatever is in a name, a value, a sort or a cursor, it stays what it is.

use mik_sql::{Aggregate, Allow, Field, Operator, SortDir, SortField, Value, col};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::database::Database;

const HOSTILE: [&str; 14] = [
    "a\"; DROP TABLE victims; --",
    "a`; DROP TABLE victims; --",
    "a'; DROP TABLE victims; --",
    "a] ; DROP TABLE victims; --",
    "\"",
    "``",
    "\"\" OR 1=1 --",
    "a /* */ b",
    "$1",
    "?1",
    "a\\",
    "a\\\" b",
    "select",
    "é\u{202e}\u{1f600}\n\t",
];

fn victims(database: &mut Database) {
    database.create("victims (id bigint)");
    let insert = database.insert("victims").columns(&["id"]).values(vec![1.into()]).build();
    database.run(insert);
}

fn assert_unharmed(database: &mut Database) {
    let count = database.select("victims").count().build();
    assert_eq!(database.run(count), [[Value::Int(1)]]);
}

/// By SQL's own rule, and not by the code that is tested.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[test]
fn hostile_names_are_names() {
    for mut database in Database::both() {
        victims(&mut database);
        for name in HOSTILE {
            let table = format!("t {name}");
            database.create(&format!("{} ({} bigint, other bigint)", quoted(&table), quoted(name)));
            let insert = database.insert(&table).columns(&[name, "other"]).values(vec![7.into(), 1.into()]);
            let insert = insert.returning(&[name]).build();
            assert_eq!(database.run(insert), [[Value::Int(7)]], "{name}");
            let update = database.update(&table).set(name, col(name) + 1).filter(name, Operator::Eq, 7).build();
            database.run(update.unwrap());
            let select = database
                .select(&table)
                .fields(&[name])
                .expr(format!("x {name}"), col(name) * 2)
                .aggregate(Aggregate::max(name).as_alias(format!("m {name}")))
                .filter(name, Operator::In, [8, 9])
                .group_by(&[name])
                .having(mik_sql::simple(format!("m {name}"), Operator::Gt, 1))
                .sort(name, SortDir::Desc)
                .limit(3)
                .build();
            assert_eq!(database.run(select), [[Value::Int(8), Value::Int(16), Value::Int(8)]], "{name}");
            let delete = database.delete(&table).filter(name, Operator::Eq, 8).returning(&[name]).build();
            assert_eq!(database.run(delete.unwrap()), [[Value::Int(8)]], "{name}");
        }
        assert_unharmed(&mut database);
    }
}

#[test]
fn hostile_values_are_values() {
    let mut databases = Database::both();
    for database in &mut databases {
        victims(database);
        database.create("notes (id bigint, note text)");
    }
    let databases = std::cell::RefCell::new(databases);
    let texts = prop_oneof![prop::sample::select(HOSTILE.to_vec()).prop_map(str::to_owned), "[^\0]{0,30}"];
    let mut runner = TestRunner::new(Config { cases: 200, failure_persistence: None, ..Config::default() });
    let allow = Allow::new().field(Field::text("note"));
    let outcome = runner.run(&texts, |text| {
        for database in databases.borrow_mut().iter_mut() {
            let delete = database.delete("notes").all_rows().build();
            database.run(delete.unwrap());
            let insert = database.insert("notes").columns(&["id", "note"]).values(vec![1.into(), text.as_str().into()]);
            database.run(insert.build());
            let operators = ["$eq", "$contains", "$startsWith", "$endsWith"];
            for operator in operators {
                let filter = serde_json::json!({ "note": { operator: text } }).to_string();
                let query = database.select("notes").fields(&["note"]).merge(&allow, filter).unwrap().build();
                prop_assert_eq!(database.run(query), [[Value::from(text.as_str())]], "{}", operator);
            }
        }
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
    databases.borrow_mut().iter_mut().for_each(assert_unharmed);
}

#[test]
fn a_column_that_is_not_there_is_an_error_and_no_text() {
    for mut database in Database::both() {
        victims(&mut database);
        let query = database.select("victims").filter("nobody", Operator::Ne, "x").build();
        assert!(database.try_run(&query).unwrap_err().contains("nobody"));
        let query = database.select("victims").sort("nobody", SortDir::Asc).build();
        assert!(database.try_run(&query).unwrap_err().contains("nobody"));
        let query = database.delete("victims").filter("nobody", Operator::Ne, "x").build().unwrap();
        assert!(database.try_run(&query).unwrap_err().contains("nobody"));
        assert_unharmed(&mut database);
    }
}

#[test]
fn hostile_sorts_are_refused() {
    let allow = Allow::new().field(Field::text("name").sortable());
    for sort in HOSTILE {
        assert!(SortField::parse_sort_string(sort, &["name"]).is_err(), "{sort}");
        assert!(allow.sort(sort).is_err(), "{sort}");
        assert!(allow.sort(&format!("name,-{sort}")).is_err(), "{sort}");
    }
    for (sort, message) in [
        ("name,", "sort, character 6: a field is missing here: write `name,-created_at`"),
        ("-", "sort, character 2: a field is missing here: write `name,-created_at`"),
        ("name, -name", "sort, character 8: `name` is there twice"),
        ("Name", "sort, character 1: `Name` is no field to sort by; there are `name`"),
    ] {
        assert_eq!(allow.sort(sort).unwrap_err().to_string(), message);
    }
    assert_eq!(allow.sort(" ").unwrap(), []);
    assert_eq!(
        SortField::parse_sort_string("x", &[]).unwrap_err().to_string(),
        "sort, character 1: `x` is no field to sort by; there are none"
    );
}
