//! The macros, as handlers of mik-sdk 0.1 use them, and what is new.

use mik_sql::{
    Allow, CursorKey, Error, Field, Filter, Operator, Timestamp, Uuid, Value, sql_create, sql_delete, sql_read,
    sql_update,
};

#[test]
fn what_0_1_reads_is_read() {
    let (sql, params) = sql_read!(users {});
    assert_eq!((sql.as_str(), params.len()), (r#"SELECT * FROM "users""#, 0));

    let (page, limit) = (3_u32, 25_u32);
    let (sql, _) = sql_read!(users { select: [id, name], filter: { active: true }, page: page, limit: limit });
    assert!(sql.ends_with("LIMIT 25 OFFSET 50"), "{sql}");
    let (limit, offset) = (10_usize, -1_i64);
    let (sql, _) = sql_read!(users { limit: limit, offset: offset });
    assert!(sql.ends_with("LIMIT 10 OFFSET 0"), "{sql}");

    let search = String::from("jo");
    let (sql, params) = sql_read!(users {
        filter: {
            name: { $startsWith: str(search) },
            email: { $ends_with: "@example.com" },
            age: { $between: [18, 65] },
            score: { $gt: -0.5 },
            status: { $in: ["active", "pending"] },
            deleted_at: null,
            search: search,
            $or: [{ role: "admin" }, { $and: [{ a: 1 }, { b: { $ne: 2 } }] }],
            $not: [{ banned: true }],
        },
        order: -created_at,
    });
    assert_eq!(
        sql,
        "SELECT * FROM \"users\" WHERE \"name\" LIKE $1 ESCAPE '\\' AND \"email\" LIKE $2 ESCAPE '\\' \
         AND \"age\" BETWEEN $3::bigint AND $4::bigint AND \"score\" > $5::double precision AND \"status\" = ANY($6) \
         AND \"deleted_at\" IS NULL AND \"search\" = $7 \
         AND (\"role\" = $8 OR (\"a\" = $9::bigint AND \"b\" <> $10::bigint)) AND NOT (\"banned\" = $11::boolean) \
         ORDER BY \"created_at\" DESC NULLS FIRST"
    );
    assert_eq!(params[0], "jo%".into());
    assert_eq!(search, "jo", "it was not moved");
}

#[test]
fn what_0_1_computes_is_computed() {
    let (sql, params) = sql_read!(postgres, order_lines {
        select: [id],
        compute: {
            tax: (quantity * unit_price) * (1 + tax_rate),
            name: coalesce(nick, concat(first, " ", last)),
            rounded: round(price, 2),
            size: length(name),
        },
    });
    assert_eq!(
        sql,
        "SELECT \"id\", ((\"quantity\" * \"unit_price\") * ($1::bigint + \"tax_rate\")) AS \"tax\", \
         COALESCE(\"nick\", (\"first\" || $2::text || \"last\")) AS \"name\", \
         ROUND(\"price\"::numeric, $3::bigint::integer) AS \"rounded\", LENGTH(\"name\") AS \"size\" FROM \"order_lines\""
    );
    assert_eq!(params.len(), 3);

    let (sql, _) = sql_read!(sales {
        select: [region],
        aggregate: { sum: amount, countDistinct: buyer, total: avg(amount), count: * },
        filter: { year: 2024 },
        groupBy: [region],
        having: { count: { $gte: 10 } },
        order: [-sum],
        limit: 10,
    });
    assert_eq!(
        sql,
        "SELECT \"region\", SUM(\"amount\") AS \"sum\", COUNT(DISTINCT \"buyer\") AS \"count_distinct\", \
         AVG(\"amount\") AS \"total\", COUNT(*) AS \"count\" FROM \"sales\" WHERE \"year\" = $1::bigint \
         GROUP BY \"region\" HAVING COUNT(*) >= $2::bigint ORDER BY \"sum\" DESC NULLS FIRST LIMIT 10"
    );
}

#[test]
fn what_0_1_writes_is_written() {
    let (name, age) = ("Bob", 25_u64);
    let (sql, params) = sql_create!(users { name: str(name), age: int(age), active: true });
    assert_eq!(sql, r#"INSERT INTO "users" ("name", "age", "active") VALUES ($1, $2::bigint, $3::boolean)"#);
    assert_eq!(params, ["Bob".into(), Value::Int(25), true.into()]);

    let (sql, _) = sql_update!(users { set: { notified: true }, filter: { $or: [{ role: "a" }, { role: "b" }] }, returning: [id] });
    assert_eq!(sql, r#"UPDATE "users" SET "notified" = $1::boolean WHERE "role" = $2 OR "role" = $3 RETURNING "id""#);
    let (sql, _) = sql_delete!(sqlite, logs { filter: { level: "debug", created_at: { $lt: "2024-06-01" } } });
    assert_eq!(sql, "DELETE FROM `logs` WHERE `level` = ?1 AND `created_at` < ?2");
    let (sql, _) = sql_delete!(pg, logs { where: { level: "debug" } });
    assert_eq!(sql, r#"DELETE FROM "logs" WHERE "level" = $1"#);
}

#[test]
fn what_clients_of_0_1_ask_for_is_checked() {
    let sort = "name,-created_at";
    let (sql, _) = sql_read!(users { order: sort, allow_sort: [name, created_at] }).unwrap();
    assert!(sql.ends_with(r#"ORDER BY "name" ASC NULLS LAST, "created_at" DESC NULLS FIRST"#));
    let sort = String::from("password");
    let error = sql_read!(users { order: sort, allow_sort: [name] }).unwrap_err();
    assert!(error.to_string().contains("password"));

    let asked = vec![Filter::new("name", Operator::Eq, "Ada")];
    let (sql, params) = sql_read!(users { filter: { active: true }, merge: asked, allow: [name, email] }).unwrap();
    assert_eq!(sql, r#"SELECT * FROM "users" WHERE "active" = $1::boolean AND "name" = $2"#);
    assert_eq!(params.len(), 2);
    assert!(sql_read!(users { merge: asked, allow: [email] }).is_err());
    assert!(sql_read!(users { merge: asked, allow: [name], deny_ops: [$eq, $ilike] }).is_err());

    let parsed = mik_sql::parse_filter(r#"{"$or": [{"name": "x"}, {"name": "y"}]}"#).unwrap();
    let (sql, _) =
        sql_read!(sqlite, users { filter: { active: true }, merge: parsed, allow: [name], max_depth: 1 }).unwrap();
    assert_eq!(sql, "SELECT * FROM `users` WHERE `active` = ?1 AND (`name` = ?2 OR `name` = ?3)");
    assert!(sql_read!(users { merge: parsed, allow: [name], max_depth: 0 }).is_err());
    let none: Option<String> = None;
    assert!(sql_read!(users { merge: none, allow: [name] }).is_ok());
    let elsewhere = Allow::new().field(Field::int("age"));
    assert!(sql_read!(users { merge: r#"{"age": 1}"#, allow: &elsewhere }).is_ok());
    assert!(sql_read!(users { merge: r#"{"age": "1"}"#, allow: &elsewhere }).is_err());
}

#[test]
fn pages_follow_signed_cursors() {
    let key = CursorKey::new("a key of the tests alone").unwrap();
    let read =
        |after: Option<&str>| sql_read!(posts { order: [-created_at, id], after: after, cursor_key: &key, limit: 2 });
    let page = read(None).unwrap().page(vec![3, 2, 1], |id| vec![Value::Null, (*id).into()]).unwrap();
    let next = read(page.next.as_deref()).unwrap().query();
    assert!(next.sql.contains(r#"("created_at" IS NOT NULL OR ("created_at" IS NULL AND "#), "{}", next.sql);
    assert!(matches!(read(Some("forged")), Err(Error::Cursor(_))));
}

#[test]
fn values_keep_their_types() {
    let (uuid, moment, nothing, list) = (Uuid::nil(), Timestamp::EPOCH, None::<i64>, vec![1_i64, 2]);
    let huge = u64::MAX;
    let (sql, params) =
        sql_create!("my schema.t" { u: uuid, t: moment, n: nothing, l: list, h: int(huge), f: float(1), r#type: 'x' });
    assert_eq!(
        sql,
        "INSERT INTO \"my schema\".\"t\" (\"u\", \"t\", \"n\", \"l\", \"h\", \"f\", \"type\") \
         VALUES ($1::uuid, $2::timestamptz, NULL, $3::bigint[], $4, $5::double precision, $6)"
    );
    assert_eq!(params[3], "18446744073709551615".into(), "what no integer of SQL is, the database refuses");
    let (sql, _) = sql_read!(users { select: [users.id, teams.name], distinct: true, filter: { id: { $in: list } }, order: users.id });
    assert_eq!(
        sql,
        r#"SELECT DISTINCT "users"."id", "teams"."name" FROM "users" WHERE "id" = ANY($1::bigint[]) ORDER BY "users"."id" ASC NULLS LAST"#
    );
    let kept: Vec<i64> = Vec::new();
    assert!(sql_delete!(users { filter: { id: { $nin: kept } } }).is_err());
    assert!(sql_delete!(users { filter: { id: { $in: kept } } }).unwrap().0.ends_with("WHERE FALSE"));
    assert_eq!(sql_delete!(users { all_rows: true }).0, r#"DELETE FROM "users""#);
}
