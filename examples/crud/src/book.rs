//! What a book is, what clients may ask of books, and the statements.

use mik_sdk::prelude::*;
use mik_sdk::query::{
    Allow, ClientFilter, Error, Field, Operator, QueryBuilder, QueryResult, SortDir, SortField, Value, delete_sqlite,
    insert_sqlite, sqlite, update_sqlite,
};
use mik_sdk::time::Timestamp;

const COLUMNS: [&str; 7] = ["id", "title", "author", "isbn", "pages", "published", "created_at"];

/// A book as clients send it.
#[derive(Type, Clone, Debug)]
pub struct NewBook {
    #[field(min = 1, max = 200)]
    pub title: String,
    #[field(min = 1, max = 100)]
    pub author: String,
    #[field(pattern = r"^97[89][0-9]{10}$", docs = "ISBN-13, digits only")]
    pub isbn: Option<String>,
    #[field(min = 1, max = 100_000)]
    pub pages: Option<u32>,
    pub published: Option<Timestamp>,
}

/// What of a book shall be another. What is left out stays.
#[derive(Type, Clone, Debug, Default, PartialEq)]
pub struct BookChange {
    #[field(min = 1, max = 200)]
    pub title: Option<String>,
    #[field(min = 1, max = 100)]
    pub author: Option<String>,
    #[field(pattern = r"^97[89][0-9]{10}$", docs = "ISBN-13, digits only")]
    pub isbn: Option<String>,
    #[field(min = 1, max = 100_000)]
    pub pages: Option<u32>,
    pub published: Option<Timestamp>,
}

/// A book as it is kept.
#[derive(Type, Clone, Debug, PartialEq)]
pub struct Book {
    pub id: Uuid,
    pub title: String,
    pub author: String,
    pub isbn: Option<String>,
    pub pages: Option<u32>,
    pub published: Option<Timestamp>,
    pub created_at: Timestamp,
}

/// What clients may filter and sort by.
fn allow() -> Allow {
    Allow::new()
        .field(Field::text("title").sortable())
        .field(Field::text("author").sortable())
        .field(Field::text("isbn"))
        .field(Field::int("pages").sortable())
        .field(Field::timestamp("published").sortable())
        .field(Field::timestamp("created_at").sortable())
}

/// A client's order, and what tells any two books apart.
pub fn sorts(sort: &str) -> Result<Vec<SortField>, Error> {
    let mut sorts = allow().sort(sort)?;
    sorts.push(SortField::new("id", SortDir::Asc).not_null());
    Ok(sorts)
}

/// The books of a client's filter.
pub fn select(filter: &Option<ClientFilter>) -> Result<QueryBuilder, Error> {
    sqlite("books").fields(&COLUMNS).merge(&allow(), filter)
}

pub fn by_id(id: Uuid) -> QueryResult {
    sqlite("books").fields(&COLUMNS).filter("id", Operator::Eq, id).build()
}

pub fn delete(id: Uuid) -> Result<QueryResult, Error> {
    delete_sqlite("books").filter("id", Operator::Eq, id).returning(&COLUMNS).build()
}

impl Book {
    pub fn new(id: Uuid, created_at: Timestamp, new: NewBook) -> Self {
        let NewBook { title, author, isbn, pages, published } = new;
        Self { id, title, author, isbn, pages, published, created_at }
    }

    pub fn insert(&self) -> QueryResult {
        let values = COLUMNS.iter().map(|column| self.value(column)).collect();
        insert_sqlite("books").columns(&COLUMNS).values(values).build()
    }

    /// Where it is in the order.
    pub fn position(&self, sorts: &[SortField]) -> Vec<Value> {
        sorts.iter().map(|sort| self.value(sort.column())).collect()
    }

    fn value(&self, column: &str) -> Value {
        match column {
            "id" => self.id.into(),
            "title" => self.title.as_str().into(),
            "author" => self.author.as_str().into(),
            "isbn" => self.isbn.as_deref().into(),
            "pages" => self.pages.into(),
            "published" => self.published.into(),
            "created_at" => self.created_at.into(),
            _ => Value::Null,
        }
    }
}

impl NewBook {
    pub fn update(self, id: Uuid) -> Result<QueryResult, Error> {
        let Self { title, author, isbn, pages, published } = self;
        let update = update_sqlite("books").set("title", title).set("author", author);
        let update = update.set("isbn", isbn).set("pages", pages).set("published", published);
        update.filter("id", Operator::Eq, id).returning(&COLUMNS).build()
    }
}

impl BookChange {
    pub fn update(self, id: Uuid) -> Result<QueryResult, Error> {
        let Self { title, author, isbn, pages, published } = self;
        let sets: [(&str, Option<Value>); 5] = [
            ("title", title.map(Value::from)),
            ("author", author.map(Value::from)),
            ("isbn", isbn.map(Value::from)),
            ("pages", pages.map(Value::from)),
            ("published", published.map(Value::from)),
        ];
        let update = sets.into_iter().fold(update_sqlite("books"), |update, (column, value)| match value {
            Some(value) => update.set(column, value),
            None => update,
        });
        update.filter("id", Operator::Eq, id).returning(&COLUMNS).build()
    }
}
