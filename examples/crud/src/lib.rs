//! Rows of a database as resources: create, read, replace, change, delete, and lists with filters and pages.

mod book;
mod database;
#[cfg(test)]
mod tests;

use mik_sdk::openapi::{Header, Output, Shape};
use mik_sdk::prelude::*;
use mik_sdk::query::{ClientFilter, CursorKey, Page, PageParams};

use book::{Book, BookChange, NewBook};

routes! {
    /// Lists books, page by page
    #[tag("Books")]
    GET "/books" => list,
    /// Adds a book
    #[tag("Books")]
    POST "/books" => create,
    /// One book
    #[tag("Books")]
    GET "/books/{id}" => read,
    /// Replaces a book
    #[tag("Books")]
    PUT "/books/{id}" => replace,
    /// Changes some of a book
    #[tag("Books")]
    PATCH "/books/{id}" => change,
    /// Deletes a book
    #[tag("Books")]
    DELETE "/books/{id}" => delete,
}

/// What a list is asked for.
#[derive(Type)]
struct Search {
    #[field(docs = "Which books: `{\"pages\": {\"$gte\": 300}}`")]
    filter: Option<ClientFilter>,
    #[field(docs = "In which order: `title,-pages`. Newer books come first where it says nothing.")]
    sort: Option<String>,
}

fn list(Query(search): Query<Search>, Query(params): Query<PageParams>, request: &Request) -> Result<Books, Problem> {
    let sorts = book::sorts(search.sort.as_deref().unwrap_or("-created_at"))?;
    let key = CursorKey::new(env::require("CURSOR_KEY")?)?;
    let pages = book::select(&search.filter)?.sorts(&sorts).pages(&key, params.request(20, 100))?;
    let books = database::run(&pages.query())?;
    let page = pages.page(books, |book: &Book| book.position(&sorts))?;
    Ok(Books { links: page.links(request.path_and_query()), page })
}

fn create(Json(new): Json<NewBook>) -> Result<Added, Problem> {
    let book = Book::new(random::uuid_v4(), time::timestamp(), new);
    database::run(&book.insert())?;
    log!(info, "added", id: book.id);
    Ok(Added(book))
}

fn read(Path(id): Path<Uuid>) -> Result<Json<Book>, Problem> {
    one(id, database::run(&book::by_id(id))?)
}

fn replace(Path(id): Path<Uuid>, Json(new): Json<NewBook>) -> Result<Json<Book>, Problem> {
    one(id, database::run(&new.update(id)?)?)
}

fn change(Path(id): Path<Uuid>, Json(change): Json<BookChange>) -> Result<Json<Book>, Problem> {
    if change == BookChange::default() {
        return read(Path(id));
    }
    one(id, database::run(&change.update(id)?)?)
}

fn delete(Path(id): Path<Uuid>) -> Result<(), Problem> {
    let deleted = database::run(&book::delete(id)?)?;
    if deleted.is_empty() { Err(no_book(id)) } else { Ok(()) }
}

fn one(id: Uuid, books: Vec<Book>) -> Result<Json<Book>, Problem> {
    books.into_iter().next().map(Json).ok_or_else(|| no_book(id))
}

fn no_book(id: Uuid) -> Problem {
    Problem::not_found(format!("no book {id}"))
}

/// A page of books, and in its header where the others are.
struct Books {
    page: Page<Book>,
    links: Option<String>,
}

impl IntoResponse for Books {
    const OUTPUT: Output = Output {
        headers: &[Header {
            name: "link",
            shape: Shape::of::<String>(),
            required: false,
            description: Some("The next page and the previous one (RFC 8288)"),
        }],
        ..<Json<Page<Book>>>::OUTPUT
    };

    fn into_response(self) -> Response {
        let response = Json(self.page).into_response();
        match self.links {
            Some(links) => response.with_header("link", links),
            None => response,
        }
    }
}

/// A book that was not there before, and in its header where it is now.
struct Added(Book);

impl IntoResponse for Added {
    const OUTPUT: Output = Output {
        headers: &[Header {
            name: "location",
            shape: Shape::of::<String>(),
            required: true,
            description: Some("Where the book is"),
        }],
        ..<Created<Json<Book>>>::OUTPUT
    };

    fn into_response(self) -> Response {
        let location = format!("/books/{}", self.0.id);
        Created(Json(self.0)).into_response().with_header("location", location)
    }
}
