//! The handlers, natively: the database is a function that sees each statement and says which rows come of it.

use mik_sdk::json::Value;
use mik_sdk::prelude::*;
use mik_sdk::testing::fetch;

use crate::handle;

const DATABASE: &str = "http://database.test/";

/// What holds for a test: an environment, a time that stands still, and numbers that are the same each time.
fn set() -> (testing::Environment, testing::Clock, testing::Seed) {
    let env = testing::env([("DATABASE_URL", DATABASE), ("CURSOR_KEY", "a key of the tests alone")]);
    (env, testing::at("2025-01-16T10:30:00Z"), testing::seed(1))
}

fn book(number: u32) -> Value {
    json!({
        "id": format!("00000000-0000-4000-8000-{number:012}"),
        "title": format!("Book {number}"),
        "author": "Ada",
        "isbn": null,
        "pages": number,
        "published": null,
        "created_at": "2025-01-16T10:30:00.000000Z",
    })
}

fn answers(rows: Vec<Value>) -> Response {
    Json(Value::Array(rows)).into_response()
}

#[test]
fn a_book_is_added_and_says_where_it_is() {
    let _set = set();
    let logs = testing::logs();
    let database = fetch::stub(|_| answers(vec![]));
    let response =
        testing::post("/books").json(&json!({ "title": "Ada", "author": "Nabokov", "pages": 624 })).send(handle);
    response.assert_status(201);
    let book: Value = response.json().unwrap();
    response.assert_header("location", &format!("/books/{}", book["id"].as_str().unwrap()));
    assert_eq!(book["created_at"], "2025-01-16T10:30:00.000000Z");
    assert_eq!(logs.lines()[0]["id"], book["id"]);

    let sent: Value = database.requests()[0].json().unwrap();
    assert_eq!(
        sent["sql"],
        "INSERT INTO `books` (`id`, `title`, `author`, `isbn`, `pages`, `published`, `created_at`) \
         VALUES (?1, ?2, ?3, NULL, ?4, NULL, ?5)"
    );
    assert_eq!(sent["params"], json!([book["id"], "Ada", "Nabokov", 624, "2025-01-16T10:30:00.000000Z"]));
}

#[test]
fn what_is_wrong_with_a_book_is_all_said_at_once() {
    let _set = set();
    let _database = fetch::expect([]);
    let wrong = json!({ "title": "", "author": "Nabokov", "isbn": "123", "pages": 0 });
    let problem = testing::post("/books").json(&wrong).send(handle).assert_problem(422);
    let pointers: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|error| &error["pointer"]).collect();
    assert_eq!(pointers, ["/title", "/isbn", "/pages"]);
}

#[test]
fn the_same_isbn_twice_is_a_conflict() {
    let _set = set();
    let _database = fetch::stub(|_| StatusCode::CONFLICT);
    let new = json!({ "title": "Ada", "author": "Nabokov", "isbn": "9780141181875" });
    testing::post("/books").json(&new).send(handle).assert_problem(409);
}

#[test]
fn a_list_goes_on_where_its_link_says() {
    let _set = set();
    let database = fetch::stub(|_| answers((1..=3).map(book).collect()));
    let target = "/books?filter=%7B%22pages%22%3A%7B%22%24gte%22%3A1%7D%7D&sort=pages&limit=2";
    let response = testing::get(target).send(handle);
    response.assert_status(200);
    let page: Value = response.json().unwrap();
    assert_eq!(page["items"], json!([book(1), book(2)]));
    let next = page["next"].as_str().unwrap();
    response.assert_header("link", &format!("<{target}&after={next}>; rel=\"next\""));

    testing::get(format!("{target}&after={next}")).send(handle).assert_status(200);
    let sent: Value = database.requests()[1].json().unwrap();
    assert_eq!(
        sent["sql"],
        "SELECT `id`, `title`, `author`, `isbn`, `pages`, `published`, `created_at` FROM `books` WHERE `pages` >= ?1 \
         AND (`pages` > ?2 OR `pages` IS NULL OR (`pages` = ?3 AND `id` > ?4)) \
         ORDER BY `pages` ASC NULLS LAST, `id` ASC LIMIT 3"
    );
    // What was asked for is another list: the position is good for nothing there.
    let problem = testing::get(format!("/books?sort=-pages&after={next}")).send(handle).assert_problem(400);
    assert_eq!(problem["detail"], "the cursor is for another filter or order: begin with the first page");
}

#[test]
fn clients_ask_for_what_is_allowed_and_for_nothing_else() {
    let _set = set();
    let _database = fetch::expect([]);
    for (query, status, says) in [
        ("filter={%22secret%22:1}", 422, "`secret` is no field to filter by"),
        ("filter={%22pages%22:%22many%22}", 422, "an integer is expected"),
        ("filter={", 400, "no JSON at line 1"),
        ("sort=isbn", 400, "`isbn` is no field to sort by"),
        ("after=made-up", 400, "cursor"),
    ] {
        let problem = testing::get(format!("/books?{query}")).send(handle).assert_problem(status);
        assert!(problem["detail"].as_str().unwrap().contains(says), "{query}: {problem}");
    }
}

#[test]
fn a_change_sets_what_it_names() {
    let _set = set();
    let database = fetch::stub(|_| answers(vec![book(7)]));
    let path = "/books/00000000-0000-4000-8000-000000000007";
    testing::patch(path).json(&json!({ "pages": 7 })).send(handle).assert_status(200).assert_json(&book(7));
    let sent: Value = database.requests()[0].json().unwrap();
    assert!(
        sent["sql"].as_str().unwrap().starts_with("UPDATE `books` SET `pages` = ?1 WHERE `id` = ?2 RETURNING `id`")
    );
    testing::patch(path).json(&json!({})).send(handle).assert_status(200);
    let sent: Value = database.requests()[1].json().unwrap();
    assert!(sent["sql"].as_str().unwrap().starts_with("SELECT "), "there is nothing to set: {sent}");
}

#[test]
fn a_book_that_is_not_there_is_a_404() {
    let _set = set();
    let _database = fetch::stub(|_| answers(vec![]));
    let path = "/books/00000000-0000-4000-8000-000000000007";
    let book = json!({ "title": "Ada", "author": "Nabokov" });
    for call in [
        testing::get(path),
        testing::put(path).json(&book),
        testing::patch(path).json(&json!({ "title": "A" })),
        testing::delete(path),
    ] {
        call.send(handle).assert_problem(404);
    }
    testing::get("/books/7").send(handle).assert_problem(400);
}

#[test]
fn a_database_that_does_not_answer_is_not_the_clients_fault() {
    let _set = set();
    let _database = fetch::stub(|_| fetch::Answer::never());
    testing::get("/books").send(handle).assert_problem(504);
    let _database = fetch::stub(|_| StatusCode::INTERNAL_SERVER_ERROR);
    testing::get("/books").send(handle).assert_problem(502);
}
