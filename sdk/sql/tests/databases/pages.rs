//! Page after page, each row once and in its place: in any order, with duplicates and nulls, forward and backward.

use std::cmp::Ordering;

use mik_sql::{
    Allow, CursorError, CursorKey, Error, Field, Nulls, Operator, Page, PageRequest, QueryBuilder, SortDir, SortField,
    Value,
};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::database::Database;
use crate::rows::{self, Row};

/// A column, its direction, and where its nulls are: none for those that have none.
type By = (&'static str, SortDir, Option<Nulls>);

fn key() -> CursorKey {
    CursorKey::new("a key of the tests alone").unwrap()
}

fn orders() -> impl Strategy<Value = Vec<By>> {
    let dir = || prop_oneof![Just(SortDir::Asc), Just(SortDir::Desc)];
    let nulls = prop_oneof![Just(Nulls::First), Just(Nulls::Last)];
    let nullable = (prop::sample::select(vec!["flag", "n", "score", "name", "code", "seen"]), dir(), nulls)
        .prop_map(|(column, dir, nulls)| (column, dir, Some(nulls)));
    let plain = dir().prop_map(|dir| ("rank", dir, None));
    let columns = prop::collection::vec(prop_oneof![3 => nullable, 2 => plain], 0..4);
    // What tells rows apart need not be the last, though nothing after it matters.
    (columns, dir(), any::<prop::sample::Index>()).prop_map(|(mut columns, dir, index)| {
        columns.insert(index.index(columns.len() + 1), ("id", dir, None));
        columns
    })
}

fn sorts(order: &[By]) -> Vec<SortField> {
    let sort = |&(column, dir, nulls): &By| match nulls {
        Some(nulls) => SortField::new(column, dir).nulls(nulls),
        None => SortField::new(column, dir).not_null(),
    };
    order.iter().map(sort).collect()
}

fn compare(order: &[By], one: &Row, other: &Row) -> Ordering {
    order.iter().fold(Ordering::Equal, |ordering, (column, dir, nulls)| {
        ordering.then_with(|| match (rows::value(one, column), rows::value(other, column)) {
            (Value::Null, Value::Null) => Ordering::Equal,
            (Value::Null, _) if *nulls == Some(Nulls::First) => Ordering::Less,
            (Value::Null, _) => Ordering::Greater,
            (_, Value::Null) if *nulls == Some(Nulls::First) => Ordering::Greater,
            (_, Value::Null) => Ordering::Less,
            (one, other) if *dir == SortDir::Asc => rows::compare(one, other),
            (one, other) => rows::compare(other, one),
        })
    })
}

/// One page of ids. The position is read from the rows as they were inserted: SQLite has fewer types.
fn page(
    database: &mut Database,
    query: QueryBuilder,
    order: &[By],
    rows: &[Row],
    request: PageRequest<'_>,
) -> Page<i64> {
    let pages = query.pages(&key(), request).unwrap();
    let found = database.run(pages.query());
    let ids = found.into_iter().flatten().map(|id| match id {
        Value::Int(id) => id,
        other => panic!("{other:?}"),
    });
    let position =
        |id: &i64| order.iter().map(|(column, ..)| rows::value(&rows[*id as usize], column).clone()).collect();
    pages.page(ids.collect(), position).unwrap()
}

#[test]
fn all_pages_forward_and_backward_have_each_row_once_and_in_order() {
    let mut databases = Database::both();
    databases.iter_mut().for_each(rows::create);
    let databases = std::cell::RefCell::new(databases);
    let cases = (rows::rows(0..14), orders(), 1_u32..5, any::<bool>());
    let mut runner = TestRunner::new(Config { cases: 300, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&cases, |(rows, order, limit, is_filtered)| {
        let mut expected: Vec<&Row> = rows.iter().collect();
        expected.retain(|row| !is_filtered || *rows::value(row, "rank") != Value::Int(1));
        expected.sort_by(|one, other| compare(&order, one, other));
        let expected: Vec<Value> = expected.into_iter().map(|row| row[0].clone()).collect();
        for database in databases.borrow_mut().iter_mut() {
            rows::fill(database, &rows);
            let mut query = database.select("items").fields(&["id"]).sorts(&sorts(&order));
            if is_filtered {
                query = query.filter("rank", Operator::Ne, 1);
            }
            let mut read = |after: Option<&str>, before: Option<&str>| {
                page(database, query.clone(), &order, &rows, PageRequest { after, before, limit })
            };

            let mut forward = vec![read(None, None)];
            prop_assert_eq!(&forward[0].previous, &None);
            while let Some(next) = forward.last().and_then(|page| page.next.clone()) {
                prop_assert!(forward.len() <= rows.len(), "it never ends");
                forward.push(read(Some(&next), None));
            }
            let ids = |pages: &[Page<i64>]| {
                pages.iter().flat_map(|page| page.items.clone()).map(Value::Int).collect::<Vec<_>>()
            };
            prop_assert_eq!(&ids(&forward), &expected);
            let is_full = |page: &Page<i64>| page.items.len() == limit as usize;
            prop_assert!(forward.iter().rev().skip(1).all(is_full));

            let mut backward = vec![forward.last().unwrap().clone()];
            while let Some(previous) = backward.first().and_then(|page| page.previous.clone()) {
                prop_assert!(backward.len() <= rows.len(), "it never ends");
                backward.insert(0, read(None, Some(&previous)));
            }
            prop_assert_eq!(&ids(&backward), &expected);
        }
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn groups_have_pages_too() {
    for mut database in Database::both() {
        database.create("sales (region text, amount bigint)");
        let rows = [("a", 1), ("a", 2), ("b", 3), ("c", 1), ("c", 1), ("d", 9)];
        let rows = rows.map(|(region, amount)| vec![region.into(), amount.into()]).to_vec();
        let insert = database.insert("sales").columns(&["region", "amount"]).values_many(rows).build();
        database.run(insert);
        let query = database
            .select("sales")
            .fields(&["region"])
            .count()
            .group_by(&["region"])
            .having(mik_sql::simple("count", Operator::Lt, 3))
            .sort("count", SortDir::Desc)
            .sorts(&[SortField::new("region", SortDir::Asc).not_null()]);
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let request = PageRequest { after: after.as_deref(), before: None, limit: 1 };
            let pages = query.clone().pages(&key(), request).unwrap();
            let rows = database.run(pages.query());
            let page = pages.page(rows, |row| vec![row[1].clone(), row[0].clone()]).unwrap();
            found.extend(page.items.into_iter().map(|row| row[0].clone()));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(found, ["a", "c", "b", "d"].map(Value::from), "{:?}", database.dialect());
    }
}

#[test]
fn a_cursor_is_good_for_its_filter_and_its_order_only() {
    let allow = Allow::new().field(Field::int("n").sortable()).field(Field::text("name"));
    let query = |filter: &str, sort: &str| {
        let query = mik_sql::postgres("items").fields(&["id"]).filter("owner", Operator::Eq, 1);
        let id = SortField::new("id", SortDir::Asc).not_null();
        query.merge(&allow, filter).unwrap().sorts(&allow.sort(sort).unwrap()).sorts(&[id])
    };
    let first = PageRequest { limit: 1, ..PageRequest::default() };
    let pages = query(r#"{"name": "x"}"#, "n").pages(&key(), first).unwrap();
    let cursor = pages.page(vec![1, 2], |n| vec![(*n).into(), 7.into()]).unwrap().next.unwrap();
    let after = PageRequest { after: Some(&cursor), ..first };
    assert!(query(r#"{"name": "x"}"#, "n").pages(&key(), after).is_ok());
    assert!(
        query(r#"{"name": "x"}"#, "n").limit(5).fields(&["n"]).pages(&key(), after).is_ok(),
        "other columns, same rows"
    );
    for (filter, sort) in [(r#"{"name": "y"}"#, "n"), (r#"{"name": "x"}"#, "-n"), ("{}", "n"), (r#"{"name": "x"}"#, "")]
    {
        let error = query(filter, sort).pages(&key(), after).unwrap_err();
        assert_eq!(error, Error::Cursor(CursorError::Foreign), "{filter} {sort}");
        assert!(error.is_clients_fault());
    }
    let other = mik_sql::postgres("items").fields(&["id"]).filter("owner", Operator::Eq, 2);
    let other = other.merge(&allow, r#"{"name": "x"}"#).unwrap().sorts(&allow.sort("n").unwrap());
    let other = other.sorts(&[SortField::new("id", SortDir::Asc).not_null()]);
    assert!(other.pages(&key(), after).is_ok(), "the handler's own values may change, as the time does");

    let forged = CursorKey::new("somebody else's secret").unwrap();
    let error = query(r#"{"name": "x"}"#, "n").pages(&forged, after).unwrap_err();
    assert_eq!(error, Error::Cursor(CursorError::Tampered));
    let both = PageRequest { before: Some(&cursor), ..after };
    assert_eq!(query("{}", "n").pages(&key(), both).unwrap_err(), Error::AfterAndBefore);
    assert_eq!(query("{}", "n").pages(&key(), PageRequest::default()).unwrap_err(), Error::NoLimit);
    assert_eq!(mik_sql::postgres("items").pages(&key(), first).unwrap_err(), Error::NoOrder);
    let error = pages.page(vec![1, 2], |n| vec![(*n).into()]).unwrap_err();
    assert_eq!(error, Error::Cursor(CursorError::Unsortable));
    let error = pages.page(vec![1, 2], |n| vec![(*n).into(), Value::Null]).unwrap_err();
    assert_eq!(error, Error::Cursor(CursorError::Unsortable), "id was said to have no nulls");
}
