//! A library of books that nobody keeps: every kind of route, input and answer that a document speaks of.

mod types;

use mik_sdk::json::Value;
use mik_sdk::openapi::{Input, Parameter, Place, Security, Shape};
use mik_sdk::prelude::*;

use types::{Book, Filter, Found, NewBook, Part, Patch};

routes! {
    /// Says what this is
    ///
    /// In plain text: "größer" than \ it seems.
    GET "/" | "" => home,
    /// Books, filtered
    #[tag("Books")]
    GET "/books" => list,
    #[summary("Adds a book")] #[tag("Books")] #[tag("Write")]
    POST "/books" => add,
    #[tag("Books")]
    GET "/books/{id}" => book,
    #[tag("Books")]
    PUT "/books/{number}" => replace,
    #[tag("Books")] #[status(202)]
    PATCH "/books/{id}" => change,
    #[deprecated]
    DELETE "/books/{id}" => remove,
    /// A page of a book, as text
    GET "/books/{id}/pages/{page}.txt" => page,
    GET "/shelves/{shelf}/{position}" => position,
    /// Whatever lies below
    GET "/tree/{*rest}" => tree,
    POST "/shout" => shout,
    POST "/digest" => digest,
    GET "/old" => old,
    GET "/whoami" => whoami,
    GET "/maybe-me" => maybe_me,
    GET "/raw" => raw,
    GET "/anything" => anything,
    GET "/größe" => size,
}

fn home() -> &'static str {
    "books"
}

fn list(Query(filter): Query<Filter>) -> Json<Found> {
    let books = (0..filter.limit.min(3)).map(|number| example(u64::from(number), &filter.q)).collect();
    Json(Found { total: u64::from(filter.limit), books, next: filter.cursor })
}

fn add(Json(new): Json<NewBook>) -> Result<Created<Json<Book>>, Problem> {
    if new.title == "taken" {
        return Err(Problem::conflict("there is such a book"));
    }
    Ok(Created(Json(new.into_book(7))))
}

fn book(Path(id): Path<u64>) -> Option<Json<Book>> {
    (id < 1000).then(|| Json(example(id, "any")))
}

fn replace(Path(id): Path<u64>, Json(new): Json<NewBook>) -> Json<Book> {
    Json(new.into_book(id))
}

fn change(Path(id): Path<u64>, patch: Option<Json<Patch>>) -> Json<Book> {
    let mut book = example(id, "any");
    if let Some(Json(Patch { title: Some(title), .. })) = patch {
        book.title = title;
    }
    Json(book)
}

fn remove(Path(_): Path<u64>) {}

fn page(Path(part): Path<Part>) -> Text {
    Text(format!("page {} of {}", part.page, part.id))
}

fn position(Path((shelf, position)): Path<(String, i16)>) -> String {
    format!("{position} on {shelf}")
}

fn tree(request: &Request) -> Json<Value> {
    Json(json!({ "path": request.path() }))
}

fn shout(Text(text): Text) -> Result<Text, Problem> {
    Ok(Text(text.to_uppercase()))
}

fn digest(bytes: Bytes) -> Vec<u8> {
    vec![bytes.iter().fold(0, |sum: u8, byte| sum.wrapping_add(*byte))]
}

fn old() -> Redirect {
    Redirect::permanent("/")
}

fn whoami(Caller(name): Caller) -> String {
    name
}

fn maybe_me(caller: Option<Caller>) -> Option<String> {
    caller.map(|Caller(name)| name)
}

fn raw() -> Response {
    ok!({ "raw": true })
}

fn anything() -> (StatusCode, Json<Vec<Option<i8>>>) {
    (StatusCode::NON_AUTHORITATIVE_INFORMATION, Json(vec![Some(-1), None]))
}

fn size() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// Whoever holds a token.
struct Caller(String);

impl FromRequest<'_> for Caller {
    const INPUT: Input = Input {
        parameters: &[Parameter {
            required: false,
            description: Some("What to be called"),
            ..Parameter::new(Place::Header, "x-name", Shape::of::<String>())
        }],
        security: Some(Security::BEARER),
        problems: &[401],
        ..Input::NONE
    };

    fn from_request(request: &Request) -> Result<Self, Rejection> {
        let token = request.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
        match token {
            Some(token) if token == "open-sesame" => Ok(Self(request.header("x-name").unwrap_or(token).to_owned())),
            _ => Err(Problem::unauthorized("who are you?").with_header("www-authenticate", "Bearer")),
        }
    }
}

impl mik_sdk::OptionalFromRequest<'_> for Caller {
    const INPUT: Input = <Self as FromRequest>::INPUT;

    fn from_request_optional(request: &Request) -> Result<Option<Self>, Rejection> {
        request.header("authorization").map(|_| Self::from_request(request)).transpose()
    }
}

fn example(id: u64, title: &str) -> Book {
    Book { id, title: title.to_owned(), pages: Some(3), kind: types::Kind::Novel, parts: Vec::new(), sequel: None }
}
