//! What the macros that write refuse.

use mik_sql::{sql_create, sql_delete, sql_update};

fn main() {
    let _ = sql_delete!(users {});
    let _ = sql_delete!(users { all_rows: false });
    let _ = sql_delete!(users { filtr: { id: 1 } });
    let _ = sql_update!(users { set: { name: "x" } });
    let _ = sql_update!(users { filter: { id: 1 } });
    let _ = sql_update!(users { set: {}, filter: { id: 1 } });
    let _ = sql_update!(users { set: { a: 1, a: 2 }, filter: { id: 1 } });
    let _ = sql_create!(users { a: 1, a: 2 });
    let _ = sql_create!(users { a: 1 } extra);
}
