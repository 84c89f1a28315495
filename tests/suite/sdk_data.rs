//! Rows of a real database behind a component that knows only SQL: `examples/crud`, over HTTP.

use mik_tests::guest::CRUD;
use mik_tests::{Body, Database, Reply, Server};
use serde_json::{Value, json};

const TABLES: &str = "CREATE TABLE books (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    author TEXT NOT NULL,
    isbn TEXT UNIQUE,
    pages INTEGER,
    published TEXT,
    created_at TEXT NOT NULL
)";

/// The component, and the database that it knows.
struct Library {
    database: Database,
    server: Server,
    _directory: tempfile::TempDir,
}

impl Library {
    fn open() -> Self {
        let database = Database::with(TABLES);
        let (directory, mut command) = CRUD.deployed(&format!(
            "[server]\nhttp_allowed = [\"{0}\"]\nhttp_allow_private = true\n\
             [server.env]\nDATABASE_URL = \"http://{0}/\"\nCURSOR_KEY = \"a key of the tests alone\"\n",
            database.address()
        ));
        Self { server: Server::start(command.env("PORT", "0")), database, _directory: directory }
    }

    fn ask(&self, method: &str, target: &str, body: &Value) -> Reply {
        let body = body.to_string();
        self.server.ask(method, target, &[("content-type", "application/json")], Body::Length(body.as_bytes()))
    }

    fn add(&self, book: &Value) -> Value {
        self.ask("POST", "/books", book).is(201).json()
    }

    fn titles(&self, query: &str) -> Vec<String> {
        titles(&self.server.ask_for(&format!("/books?{query}")).is(200).json())
    }
}

fn titles(page: &Value) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|book| book["title"].as_str().unwrap().to_owned()).collect()
}

/// JSON, as a query has it.
fn encoded(json: &Value) -> String {
    json.to_string().bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[test]
fn the_examples_own_tests_pass() {
    CRUD.passes_its_own_tests();
}

#[test]
fn a_book_is_added_read_replaced_changed_and_deleted() {
    let library = Library::open();
    let new = json!({
        "title": "Ada'; DROP TABLE books; --", "author": "Владимир Набоков 🦋", "isbn": "9780141181875",
        "pages": 624, "published": "1969-05-05T00:00:00+02:00",
    });
    let reply = library.ask("POST", "/books", &new).is(201);
    let book = reply.json();
    let path = format!("/books/{}", book["id"].as_str().unwrap());
    assert_eq!(reply.header("location"), Some(path.as_str()));
    assert_eq!(book["published"], "1969-05-04T22:00:00.000000Z");
    assert_eq!(library.server.ask_for(&path).is(200).json(), book);
    assert_eq!(library.database.column("SELECT title FROM books"), ["Ada'; DROP TABLE books; --"]);

    let changed = library.ask("PATCH", &path, &json!({ "pages": 1 })).is(200).json();
    assert_eq!((&changed["pages"], &changed["isbn"]), (&json!(1), &book["isbn"]));
    let replaced = library.ask("PUT", &path, &json!({ "title": "Ada", "author": "Nabokov" })).is(200).json();
    assert_eq!((&replaced["isbn"], &replaced["pages"]), (&Value::Null, &Value::Null));
    assert_eq!((&replaced["id"], &replaced["created_at"]), (&book["id"], &book["created_at"]));

    let reply = library.server.ask("DELETE", &path, &[], Body::None).is(204);
    assert_eq!(reply.text(), "");
    library.server.ask("DELETE", &path, &[], Body::None).is_problem(404);
    library.server.ask_for(&path).is_problem(404);
    library.ask("PUT", &path, &new).is_problem(404);
    assert!(library.database.column("SELECT title FROM books").is_empty());
}

#[test]
fn what_is_wrong_with_a_book_is_told_before_the_database_hears_of_it() {
    let library = Library::open();
    let problem =
        library.ask("POST", "/books", &json!({ "title": "", "author": "A", "pages": 0 })).is_problem(422).json();
    let pointers: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|error| &error["pointer"]).collect();
    assert_eq!(pointers, ["/title", "/pages"]);
    library.ask("POST", "/books", &json!({ "title": "A" })).is_problem(400);
    library.ask("POST", "/books", &json!({ "title": "A", "author": "B", "published": "yesterday" })).is_problem(400);
    library.server.ask_for("/books/seven").is_problem(400);
    assert!(library.database.column("SELECT title FROM books").is_empty());

    library.add(&json!({ "title": "A", "author": "B", "isbn": "9780141181875" }));
    let again = json!({ "title": "C", "author": "D", "isbn": "9780141181875" });
    let problem = library.ask("POST", "/books", &again).is_problem(409).json();
    assert_eq!(problem["detail"], "there is a book with this ISBN already");
}

#[test]
fn clients_filter_and_sort_as_they_are_allowed_to() {
    let library = Library::open();
    for (title, pages) in [("100% Ada", Some(3)), ("1000 Adas", Some(2)), ("ada_", None), ("Käse", Some(1))] {
        library.add(&json!({ "title": title, "author": "A", "pages": pages }));
    }
    let filtered = |filter: Value| library.titles(&format!("sort=title&filter={}", encoded(&filter)));
    assert_eq!(filtered(json!({ "title": { "$contains": "0% A" } })), ["100% Ada"]);
    assert_eq!(filtered(json!({ "title": { "$endsWith": "_" } })), ["ada_"]);
    assert_eq!(filtered(json!({ "$or": [{ "pages": null }, { "title": "Käse" }] })), ["Käse", "ada_"]);
    assert_eq!(
        filtered(json!({ "$not": { "pages": { "$in": [1, 2] } } })),
        ["100% Ada"],
        "null is in no list, and out of none"
    );
    assert_eq!(filtered(json!({ "pages": { "$between": [2, 3] } })), ["100% Ada", "1000 Adas"]);
    assert_eq!(library.titles("sort=-pages"), ["ada_", "100% Ada", "1000 Adas", "Käse"]);

    let wrong = |query: &str, status| library.server.ask_for(&format!("/books?{query}")).is_problem(status).json();
    let problem = wrong(&format!("filter={}", encoded(&json!({ "$or": [{ "id": "x" }] }))), 422);
    assert_eq!(problem["errors"][0]["pointer"], "/$or/0/id");
    let problem = wrong("filter={", 400);
    assert!(problem["detail"].as_str().unwrap().contains("line 1, column 2"), "{problem}");
    wrong("sort=isbn", 400);
    wrong("sort=title;--", 400);
}

#[test]
fn pages_are_followed_by_their_links_forward_and_backward() {
    let library = Library::open();
    // Ties and nulls, in mixed directions.
    for number in 0..9 {
        let pages = (number % 3 > 0).then_some(number % 3);
        library.add(&json!({ "title": format!("{number}"), "author": "A", "pages": pages }));
    }
    let all = library.titles("sort=-pages,title&limit=100");
    assert_eq!(all, ["0", "3", "6", "2", "5", "8", "1", "4", "7"]);

    let link = |reply: &Reply, relation: &str| {
        let links = reply.header("link").unwrap_or_default().to_owned();
        let link = links.split(", ").find(|link| link.ends_with(&format!("rel=\"{relation}\"")))?.to_owned();
        Some(link.strip_prefix('<')?.split_once('>')?.0.to_owned())
    };
    let follow = |mut target: String, relation: &str| {
        let mut pages = Vec::new();
        loop {
            let reply = library.server.ask_for(&target).is(200);
            pages.push(titles(&reply.json()));
            match link(&reply, relation) {
                Some(next) => target = next,
                None => return (pages, target),
            }
        }
    };
    let (forward, last) = follow("/books?sort=-pages,title&limit=2".to_owned(), "next");
    assert_eq!(forward.concat(), all);
    let (mut backward, _) = follow(last, "prev");
    backward.reverse();
    assert_eq!(backward.concat(), all);

    let first = library.server.ask_for("/books?sort=title&limit=2").is(200);
    let cursor = first.json()["next"].as_str().unwrap().to_owned();
    library.server.ask_for(&format!("/books?sort=title&limit=3&after={cursor}")).is(200);
    for (sort, cursor) in
        [("-title", cursor.clone()), ("title", cursor.replacen(&cursor[9..10], "", 1)), ("title", "x".to_owned())]
    {
        library.server.ask_for(&format!("/books?sort={sort}&after={cursor}")).is_problem(400);
    }
    library.server.ask_for(&format!("/books?sort=title&after={cursor}&before={cursor}")).is_problem(422);
    library.server.ask_for("/books?limit=0").is_problem(422);
}

#[test]
fn log_lines_say_which_trace_they_belong_to() {
    let library = Library::open();
    let body = json!({ "title": "A", "author": "B" }).to_string();
    let ask = |parent| {
        let headers = [("content-type", "application/json"), ("traceparent", parent)];
        library.server.ask("POST", "/books", &headers, Body::Length(body.as_bytes())).is(201).json()
    };
    let book = ask("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    let line = library.server.says(book["id"].as_str().unwrap());
    assert!(line.contains(r#""trace_id":"0af7651916cd43dd8448eb211c80319c","message":"added""#), "{line}");
}
