//! What goes in and comes out.

use mik_sdk::Type;

/// A book to be added.
#[derive(Type)]
pub struct NewBook {
    /// What it is called
    #[field(min = 1, max = 80)]
    pub title: String,
    #[field(min = 1, max = 10000)]
    pub pages: Option<u32>,
    pub kind: Kind,
    #[field(default, max = 5)]
    pub parts: Vec<Chapter>,
}

impl NewBook {
    pub fn into_book(self, id: u64) -> Book {
        let Self { title, pages, kind, parts } = self;
        Book { id, title, pages, kind, parts, sequel: None }
    }
}

/// A book.
#[derive(Type)]
pub struct Book {
    pub id: u64,
    pub title: String,
    pub pages: Option<u32>,
    pub kind: Kind,
    pub parts: Vec<Chapter>,
    pub sequel: Option<Box<Book>>,
}

#[derive(Type)]
pub enum Kind {
    Novel,
    #[field(rename = "non-fiction")]
    NonFiction,
}

#[derive(Type)]
pub struct Chapter {
    pub heading: String,
    #[field(default = 1, min = 1, max = 100)]
    pub weight: u8,
}

#[derive(Type)]
pub struct Patch {
    pub title: Option<String>,
    #[field(deprecated, x_since = "1.0")]
    pub note: Option<String>,
}

#[derive(Type)]
pub struct Filter {
    #[field(docs = "What to look for", min = 1, max = 40)]
    pub q: String,
    #[field(default = 10, min = 1, max = 100)]
    pub limit: u32,
    pub cursor: Option<String>,
    #[field(default, max = 3)]
    #[allow(dead_code)]
    pub tag: Vec<String>,
}

#[derive(Type)]
pub struct Found {
    pub total: u64,
    pub books: Vec<Book>,
    pub next: Option<String>,
}

/// Where a page is.
#[derive(Type)]
pub struct Part {
    pub id: u64,
    #[field(min = 1)]
    pub page: u16,
}
