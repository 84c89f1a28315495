//! The two databases, behind one door.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use mik_sql::{DeleteBuilder, Dialect, InsertBuilder, QueryBuilder, QueryResult, Timestamp, UpdateBuilder, Value};
use postgres::types::{FromSql, IsNull, ToSql, Type, private::BytesMut};

/// Microseconds from 1970 to 2000, where PostgreSQL begins to count.
const POSTGRES_EPOCH: i64 = 946_684_800_000_000;

/// A connection that sees no other test's tables.
pub(crate) enum Database {
    Sqlite(rusqlite::Connection),
    Postgres(Box<postgres::Client>),
}

impl Database {
    pub(crate) fn both() -> [Self; 2] {
        [Self::sqlite(), Self::postgres()]
    }

    pub(crate) fn sqlite() -> Self {
        Self::Sqlite(rusqlite::Connection::open_in_memory().unwrap())
    }

    pub(crate) fn postgres() -> Self {
        let mut client = connect(server()).unwrap();
        // Temporary tables are found before all others, and end with the connection.
        client.batch_execute("SET search_path = pg_temp").unwrap();
        Self::Postgres(Box::new(client))
    }

    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    pub(crate) fn select(&self, table: &str) -> QueryBuilder {
        QueryBuilder::new(self.dialect(), table)
    }

    pub(crate) fn insert(&self, table: &str) -> InsertBuilder {
        InsertBuilder::new(self.dialect(), table)
    }

    pub(crate) fn update(&self, table: &str) -> UpdateBuilder {
        UpdateBuilder::new(self.dialect(), table)
    }

    pub(crate) fn delete(&self, table: &str) -> DeleteBuilder {
        DeleteBuilder::new(self.dialect(), table)
    }

    /// Creates a table, of columns that are declared for PostgreSQL.
    pub(crate) fn create(&mut self, columns: &str) {
        let text = format!("CREATE TEMPORARY TABLE {columns}");
        match self {
            Self::Sqlite(connection) => connection.execute_batch(&text).unwrap(),
            Self::Postgres(client) => client.batch_execute(&text).unwrap(),
        }
    }

    pub(crate) fn run(&mut self, query: impl Into<QueryResult>) -> Vec<Vec<Value>> {
        let query = query.into();
        self.try_run(&query).unwrap_or_else(|error| panic!("{error}: {query:?}"))
    }

    pub(crate) fn try_run(&mut self, query: &QueryResult) -> Result<Vec<Vec<Value>>, String> {
        match self {
            Self::Sqlite(connection) => sqlite_rows(connection, query).map_err(|error| error.to_string()),
            Self::Postgres(client) => postgres_rows(client, query).map_err(|error| match error.as_db_error() {
                Some(error) => error.to_string(),
                None => error.to_string(),
            }),
        }
    }
}

fn sqlite_rows(connection: &rusqlite::Connection, query: &QueryResult) -> rusqlite::Result<Vec<Vec<Value>>> {
    let mut statement = connection.prepare(&query.sql)?;
    let width = statement.column_count();
    let rows = statement.query_map(rusqlite::params_from_iter(query.params.iter().map(Bind)), |row| {
        (0..width).map(|index| row.get::<_, Cell>(index).map(|cell| cell.0)).collect()
    })?;
    rows.collect()
}

fn postgres_rows(client: &mut postgres::Client, query: &QueryResult) -> Result<Vec<Vec<Value>>, postgres::Error> {
    let binds: Vec<Bind<'_>> = query.params.iter().map(Bind).collect();
    let binds: Vec<&(dyn ToSql + Sync)> = binds.iter().map(|bind| bind as &(dyn ToSql + Sync)).collect();
    let rows = client.query(&query.sql, &binds)?;
    let cells =
        |row: &postgres::Row| (0..row.len()).map(|index| row.try_get::<_, Cell>(index).map(|cell| cell.0)).collect();
    rows.iter().map(cells).collect()
}

/// A value on its way to a database.
#[derive(Debug)]
struct Bind<'a>(&'a Value);

impl rusqlite::ToSql for Bind<'_> {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        use rusqlite::types::Value as Sqlite;
        let value = match self.0 {
            Value::Bool(value) => Sqlite::Integer((*value).into()),
            Value::Int(value) => Sqlite::Integer(*value),
            Value::Float(value) => Sqlite::Real(*value),
            Value::String(text) | Value::Json(text) => Sqlite::Text(text.clone()),
            Value::Bytes(bytes) => Sqlite::Blob(bytes.clone()),
            Value::Uuid(uuid) => Sqlite::Text(uuid.to_string()),
            Value::Timestamp(moment) => Sqlite::Text(moment.to_string()),
            value => panic!("{value:?} is never bound in SQLite"),
        };
        Ok(rusqlite::types::ToSqlOutput::Owned(value))
    }
}

impl ToSql for Bind<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        let expect = |expected: &Type| if kind == expected { Ok(()) } else { Err(format!("{:?} as {kind}", self.0)) };
        match self.0 {
            Value::Bool(value) => expect(&Type::BOOL).map(|()| value.to_sql(kind, out))?,
            Value::Int(value) => expect(&Type::INT8).map(|()| value.to_sql(kind, out))?,
            Value::Float(value) => expect(&Type::FLOAT8).map(|()| value.to_sql(kind, out))?,
            Value::String(text) if [Type::TEXT, Type::VARCHAR, Type::UNKNOWN].contains(kind) => text.to_sql(kind, out),
            Value::Bytes(bytes) => expect(&Type::BYTEA).map(|()| bytes.to_sql(kind, out))?,
            Value::Uuid(uuid) => {
                expect(&Type::UUID)?;
                out.extend(uuid.as_bytes());
                Ok(IsNull::No)
            }
            Value::Timestamp(moment) => {
                expect(&Type::TIMESTAMPTZ)?;
                (moment.as_micros() - POSTGRES_EPOCH).to_sql(&Type::INT8, out)
            }
            Value::Json(text) => {
                expect(&Type::JSONB)?;
                out.extend([1]);
                out.extend(text.as_bytes());
                Ok(IsNull::No)
            }
            Value::Array(values) => values.iter().map(Bind).collect::<Vec<_>>().to_sql(kind, out),
            value => Err(format!("{value:?} as {kind}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    postgres::types::to_sql_checked!();
}

/// A value that has come from a database.
struct Cell(Value);

impl rusqlite::types::FromSql for Cell {
    fn column_result(value: rusqlite::types::ValueRef<'_>) -> rusqlite::types::FromSqlResult<Self> {
        use rusqlite::types::ValueRef;
        Ok(Self(match value {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(value) => Value::Int(value),
            ValueRef::Real(value) => Value::Float(value),
            ValueRef::Text(text) => Value::String(String::from_utf8(text.to_vec()).unwrap()),
            ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
        }))
    }
}

impl FromSql<'_> for Cell {
    fn from_sql(kind: &Type, raw: &[u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(match *kind {
            Type::BOOL => Value::Bool(bool::from_sql(kind, raw)?),
            Type::INT4 => Value::Int(i32::from_sql(kind, raw)?.into()),
            Type::INT8 => Value::Int(i64::from_sql(kind, raw)?),
            Type::FLOAT8 => Value::Float(f64::from_sql(kind, raw)?),
            Type::BYTEA => Value::Bytes(raw.to_vec()),
            Type::UUID => Value::Uuid(mik_sql::Uuid::from_slice(raw)?),
            Type::TIMESTAMPTZ => {
                let micros = i64::from_sql(&Type::INT8, raw)? + POSTGRES_EPOCH;
                Value::Timestamp(Timestamp::from_micros(micros).unwrap())
            }
            _ => Value::String(String::from_utf8(raw.to_vec())?),
        }))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(Value::Null))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// The server, which ends when this process does: it holds the other end of its standard input.
struct Server {
    directory: String,
    _process: std::sync::Mutex<Child>,
}

fn server() -> &'static str {
    static SERVER: OnceLock<Server> = OnceLock::new();
    &SERVER.get_or_init(start).directory
}

#[expect(clippy::disallowed_methods, reason = "this crate has no room for programs: only its tests run one")]
fn start() -> Server {
    let packages = concat!(env!("CARGO_TARGET_TMPDIR"), "/postgresql");
    let mut process = Command::new("bash")
        .args([concat!(env!("CARGO_MANIFEST_DIR"), "/tests/postgres"), packages])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("bash starts the server");
    let mut directory = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut directory).unwrap();
    let directory = directory.trim_end().to_owned();
    assert!(!directory.is_empty(), "there is no PostgreSQL server: see what `sdk/sql/tests/postgres` says above");
    let deadline = Instant::now() + Duration::from_secs(60);
    while let Err(error) = connect(&directory) {
        assert!(process.try_wait().unwrap().is_none(), "the server has ended: see what it says above");
        assert!(Instant::now() < deadline, "the server does not answer: {error}");
        std::thread::sleep(Duration::from_millis(20));
    }
    Server { directory, _process: process.into() }
}

fn connect(directory: &str) -> Result<postgres::Client, postgres::Error> {
    postgres::Config::new().host_path(directory).user("postgres").connect(postgres::NoTls)
}
