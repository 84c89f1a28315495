//! What `sql_read!` refuses.

use mik_sql::sql_read;

struct Money;

fn main() {
    let (sort, filter, after, price) = ("name", "{}", Some("x"), Money);
    let _ = sql_read!(users { slect: [id] });
    let _ = sql_read!(users { limit: 1, limit: 2 });
    let _ = sql_read!(mysql, users {});
    let _ = sql_read!(users { filter: {} });
    let _ = sql_read!(users { filter: { age: { $gt: 1, $lst: 2 } } });
    let _ = sql_read!(users { filter: { $nor: [{ a: 1 }] } });
    let _ = sql_read!(users { filter: { $or: [] } });
    let _ = sql_read!(users { filter: { $not: [{ a: 1 }, { b: 2 }] } });
    let _ = sql_read!(users { filter: { age: { $between: [1] } } });
    let _ = sql_read!(users { filter: { age: { $in: [] } } });
    let _ = sql_read!(users { filter: { age: { $in: 1 } } });
    let _ = sql_read!(users { filter: { age: [1, 2] } });
    let _ = sql_read!(users { filter: { age: } });
    let _ = sql_read!(users { filter: { price: price } });
    let _ = sql_read!(users { compute: { x: uper(name) } });
    let _ = sql_read!(users { aggregate: { median: age } });
    let _ = sql_read!(users { aggregate: { sum: * } });
    let _ = sql_read!(users { order: sort.trim() });
    let _ = sql_read!(users { merge: filter });
    let _ = sql_read!(users { merge: filter, allow: [age: integer] });
    let _ = sql_read!(users { order: id, after: after, limit: 10 });
    let _ = sql_read!(users { page: 2 });
    let _ = sql_read!({});
}
