//! A server that runs SQL, for guests, which open no connection to a database: SQLite, in memory.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use rusqlite::types::{Value as Cell, ValueRef};
use rusqlite::{Connection, ErrorCode};
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// A database for as long as it lives. It takes `{"sql": "…", "params": […]}` and answers with a list of rows, each an
/// object; with 409 where a constraint says no, and with 500 where SQLite has something else to say.
pub struct Database {
    address: SocketAddr,
    connection: Arc<Mutex<Connection>>,
    _runtime: Runtime,
}

impl Database {
    /// An empty database with these tables.
    pub fn with(tables: &str) -> Self {
        let connection = Connection::open_in_memory().expect("SQLite is linked");
        connection.execute_batch(tables).expect("these are tables");
        let connection = Arc::new(Mutex::new(connection));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime can be made");
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a port is free");
        let address = listener.local_addr().expect("it listens");
        runtime.spawn(accept(listener, connection.clone()));
        Self { address, connection, _runtime: runtime }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The first column of a query, row by row.
    #[track_caller]
    pub fn column(&self, sql: &str) -> Vec<String> {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let mut statement = connection.prepare(sql).expect("it is SQL");
        let rows = statement.query_map([], |row| row.get(0)).expect("it takes no values");
        rows.map(|row| row.expect("text")).collect()
    }
}

async fn accept(listener: TcpListener, connection: Arc<Mutex<Connection>>) {
    while let Ok((stream, _)) = listener.accept().await {
        drop(stream.set_nodelay(true));
        let connection = connection.clone();
        tokio::spawn(async move {
            let service = service_fn(|request| answer(request, connection.clone()));
            drop(Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await);
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    connection: Arc<Mutex<Connection>>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let body = match request.into_body().collect().await {
        Ok(body) => body.to_bytes(),
        Err(_) => Bytes::new(),
    };
    let (status, answer) = match serde_json::from_slice::<Value>(&body) {
        Err(error) => (StatusCode::BAD_REQUEST, json!(error.to_string())),
        Ok(asked) => match run(&connection.lock().unwrap_or_else(PoisonError::into_inner), &asked) {
            Ok(rows) => (StatusCode::OK, Value::Array(rows)),
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                (StatusCode::CONFLICT, json!(error.to_string()))
            }
            Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, json!(error.to_string())),
        },
    };
    let mut response = Response::new(Full::from(answer.to_string()));
    *response.status_mut() = status;
    Ok(response)
}

fn run(connection: &Connection, asked: &Value) -> rusqlite::Result<Vec<Value>> {
    let mut statement = connection.prepare(asked["sql"].as_str().unwrap_or_default())?;
    let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let cells = asked["params"].as_array().into_iter().flatten().map(|value| match value {
        Value::Null => Cell::Null,
        Value::Bool(value) => Cell::Integer(i64::from(*value)),
        Value::Number(number) => match number.as_i64() {
            Some(integer) => Cell::Integer(integer),
            None => Cell::Real(number.as_f64().expect("JSON has no other numbers")),
        },
        Value::String(text) => Cell::Text(text.clone()),
        list => Cell::Text(list.to_string()),
    });
    let rows = statement.query_map(rusqlite::params_from_iter(cells), |row| {
        let mut object = Map::new();
        for (index, name) in names.iter().enumerate() {
            let value = match row.get_ref(index)? {
                ValueRef::Null => Value::Null,
                ValueRef::Integer(integer) => integer.into(),
                ValueRef::Real(real) => real.into(),
                ValueRef::Text(text) | ValueRef::Blob(text) => String::from_utf8_lossy(text).into(),
            };
            object.insert(name.clone(), value);
        }
        Ok(Value::Object(object))
    })?;
    rows.collect()
}
