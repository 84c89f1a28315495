//! What each statement does, the same in both databases.

use mik_sql::{
    Aggregate, Operator, SortDir, Table, Timestamp, Uuid, Value, and, case, coalesce, col, concat, excluded, not, or,
    simple, val,
};

use crate::database::Database;

fn people(database: &mut Database) {
    database.create("teams (id bigint PRIMARY KEY, name text)");
    database.create("people (id bigint PRIMARY KEY, name text UNIQUE, age integer, team_id bigint)");
    let teams = database.insert("teams").columns(&["id", "name"]);
    database.run(teams.values(vec![1.into(), "red".into()]).values(vec![2.into(), "blue".into()]).build());
    let rows = [
        (1, "Ada", Some(36), Some(1)),
        (2, "Bob", None, Some(1)),
        (3, "Cy", Some(20), Some(2)),
        (4, "Di", Some(50), None),
    ];
    let rows = rows.map(|(id, name, age, team)| vec![id.into(), name.into(), age.into(), team.into()]).to_vec();
    let insert = database.insert("people").columns(&["id", "name", "age", "team_id"]).values_many(rows);
    database.run(insert.build());
}

fn int(value: i64) -> Value {
    Value::Int(value)
}

#[test]
fn joins_groups_and_conditions() {
    for mut database in Database::both() {
        people(&mut database);
        let query = database
            .select("people")
            .join(Table::new("teams").alias("t"), col("people.team_id").eq(col("t.id")))
            .fields(&["t.name"])
            .count()
            .aggregate(Aggregate::max("people.age").as_alias("oldest"))
            .group_by(&["t.name"])
            .having(or(vec![simple("count", Operator::Gt, 1), simple("oldest", Operator::Lt, 30)]))
            .sort("t.name", SortDir::Asc)
            .build();
        assert_eq!(database.run(query), [["blue".into(), int(1), int(20)], ["red".into(), int(2), int(36)]]);

        let query = database
            .select("people")
            .left_join("teams", col("people.team_id").eq(col("teams.id")))
            .expr("team", coalesce([col("teams.name"), val("none")]))
            .filter_expr(and(vec![
                not(simple("age", Operator::Between, [30, 40])),
                col("people.name").not_in(["Cy"]),
                or(vec![col("people.id").gt(col("people.team_id")), col("people.team_id").is_null()]),
            ]))
            .build();
        assert_eq!(database.run(query), [["none".into()]] as [[Value; 1]; 1]);

        let query = database.select("people").fields(&["team_id"]).distinct().sort("team_id", SortDir::Desc).build();
        assert_eq!(database.run(query), [[Value::Null], [int(2)], [int(1)]]);
        let query = database.select("people").fields(&["id"]).sort("id", SortDir::Asc).offset(3).build();
        assert_eq!(database.run(query), [[int(4)]]);
        let query = database.select("people").fields(&["id"]).sort("id", SortDir::Asc).page(2, 3).build();
        assert_eq!(database.run(query), [[int(4)]]);
        let query = database.select("people").aggregate(Aggregate::count_distinct("team_id")).build();
        assert_eq!(database.run(query), [[int(2)]]);
    }
}

#[test]
fn expressions() {
    for mut database in Database::both() {
        people(&mut database);
        let query = database
            .select("people")
            .expr("label", concat([col("name").upper(), val("-"), col("name").lower()]))
            .expr("length", col("name").length())
            .expr("later", (col("age") + 10) * 2 - val(1))
            .expr(
                "stage",
                case().when(col("age").gte(40), "old").when(col("age").is_null(), "unknown").otherwise("young"),
            )
            .expr("none", case().when(simple("id", Operator::In, Vec::<i64>::new()), 1).end())
            .expr("abs", (col("id") - 10).abs())
            .sort("id", SortDir::Asc)
            .limit(2)
            .build();
        let rows = database.run(query);
        assert_eq!(rows[0], ["ADA-ada".into(), int(3), int(91), "young".into(), Value::Null, int(9)]);
        assert_eq!(rows[1], ["BOB-bob".into(), int(3), Value::Null, "unknown".into(), Value::Null, int(8)]);
        let query =
            database.select("people").expr("half", concat([(col("id") / val(2.0)).round_to(1), val("")])).limit(1);
        assert_eq!(database.run(query.build()), [[Value::from("0.5")]]);
    }
}

#[test]
fn rows_are_inserted_changed_and_deleted() {
    for mut database in Database::both() {
        people(&mut database);
        let hit = |database: &Database, name: &str| {
            database.insert("people").columns(&["id", "name", "age"]).values(vec![1.into(), name.into(), 1.into()])
        };
        let ignore = hit(&database, "Ada").on_conflict(&["id"]).do_nothing().returning(&["id"]).build();
        assert_eq!(database.run(ignore), [] as [Vec<Value>; 0]);
        let replace =
            hit(&database, "Zoe").on_conflict(&["id"]).do_update(&["name"]).returning(&["name", "age"]).build();
        assert_eq!(database.run(replace), [["Zoe".into(), int(36)]]);
        let add = hit(&database, "Zoe").on_conflict(&["name"]).do_set("age", col("people.age") + excluded("age"));
        assert_eq!(database.run(add.returning(&["age"]).build()), [[int(37)]]);

        let none = database
            .insert("people")
            .columns(&["id", "name", "age"])
            .values_many(Vec::new())
            .returning(&["id"])
            .build();
        assert_eq!(database.run(none), [] as [Vec<Value>; 0], "of no rows, none is inserted");

        let update = database.update("people").set("age", col("age") + 1).set("team_id", Value::Null);
        let update = update.filter("age", Operator::Gt, 30).returning(&["id"]).build().unwrap();
        let mut changed = database.run(update);
        changed.sort_by_key(|row| format!("{row:?}"));
        assert_eq!(changed, [[int(1)], [int(4)]]);
        let delete =
            database.delete("people").filter_expr(simple("team_id", Operator::Eq, Value::Null)).build().unwrap();
        database.run(delete);
        let left = database.select("people").fields(&["id"]).sort("id", SortDir::Asc).build();
        assert_eq!(database.run(left), [[int(2)], [int(3)]]);
        let delete = database.delete("people").all_rows().build().unwrap();
        database.run(delete);
        let left = database.select("people").count().build();
        assert_eq!(database.run(left), [[int(0)]]);
    }
}

#[test]
fn values_of_every_type_come_back() {
    let uuid = Uuid::from_u128(0x67e5_5044_10b1_426f_9247_bb68_0e5f_e0c8);
    let moment: Timestamp = "2025-01-16T10:30:00.123456Z".parse().unwrap();
    let values = [
        true.into(),
        i64::MIN.into(),
        0.1.into(),
        "Grüße".into(),
        Value::from(b"\0\xff"),
        uuid.into(),
        moment.into(),
        Value::Json(r#"{"a": 1}"#.into()),
        Value::Null,
    ];
    let columns = ["b", "i", "f", "s", "x", "u", "t", "j", "n"];
    for mut database in Database::both() {
        database.create("all_types (b boolean, i bigint, f double precision, s text, x bytea, u uuid, t timestamptz, j jsonb, n text)");
        let insert = database.insert("all_types").columns(&columns).values(values.to_vec()).build();
        database.run(insert);
        for (column, value) in columns.iter().zip(&values).filter(|(column, _)| **column != "j") {
            for operator in [Operator::Eq, Operator::In] {
                let query = database.select("all_types").count().filter(*column, operator, value.clone()).build();
                assert_eq!(database.run(query), [[int(1)]], "{:?}: {column}", database.dialect());
            }
            let list = Value::Array(vec![value.clone(), Value::Null]);
            let query = database.select("all_types").count().filter(*column, Operator::In, list.clone()).build();
            assert_eq!(database.run(query), [[int(1)]], "{column}");
            let query = database.select("all_types").count().filter(*column, Operator::NotIn, list).build();
            assert_eq!(database.run(query), [[int(0)]], "{column}");
        }
        let lists = [(Operator::In, 0), (Operator::NotIn, 1)];
        for (operator, count) in lists {
            let query = database.select("all_types").count().filter("i", operator, Vec::<i64>::new()).build();
            assert_eq!(database.run(query), [[int(count)]]);
        }
        let mixed = Value::Array(vec![int(i64::MIN), Value::Float(0.5)]);
        let query = database.select("all_types").count().filter("i", Operator::In, mixed).build();
        assert_eq!(database.run(query), [[int(1)]]);
        for (operator, value) in [(Operator::Contains, int(1)), (Operator::Between, int(1)), (Operator::IsNull, int(1))]
        {
            for filter in [simple("s", operator, value.clone()), not(simple("s", operator, value.clone()))] {
                let query = database.select("all_types").count().filter_expr(filter).build();
                assert_eq!(
                    database.run(query),
                    [[int(0)]],
                    "what has no meaning selects nothing, nor does its opposite"
                );
            }
        }
    }
}

#[test]
fn nulls_are_where_they_were_said_to_be() {
    use mik_sql::{Nulls, SortField};
    for mut database in Database::both() {
        people(&mut database);
        for (sort, expected) in [
            (SortField::new("age", SortDir::Asc), [3, 1, 4, 2]),
            (SortField::new("age", SortDir::Desc), [2, 4, 1, 3]),
            (SortField::new("age", SortDir::Asc).nulls(Nulls::First), [2, 3, 1, 4]),
            (SortField::new("age", SortDir::Desc).nulls(Nulls::Last), [4, 1, 3, 2]),
        ] {
            let query = database.select("people").fields(&["id"]).sorts(&[sort]).build();
            assert_eq!(database.run(query), expected.map(|id| [int(id)]));
        }
    }
}

#[test]
fn text_fits_columns_that_a_literal_would_fit() {
    let mut database = Database::postgres();
    database.create("days (day date, label varchar(10))");
    let Database::Postgres(client) = &mut database else { panic!() };
    let query = mik_sql::postgres("days").filter("day", Operator::Gte, "2025-01-01").filter("label", Operator::Eq, "x");
    let statement = client.prepare(&query.build().sql).unwrap();
    assert_eq!(statement.params(), [postgres::types::Type::DATE, postgres::types::Type::TEXT]);
}
