//! What the document says of routes in groups: what is asked before them is asked by them.
#![cfg(feature = "openapi")]
#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]

use mik_sdk::json::Value;
use mik_sdk::prelude::*;

#[derive(Type)]
struct Page {
    page: u32,
}

routes! {
    /// In the open
    GET "/" => home,
    "/members/{club}" => {
        before => authenticate,
        #[summary("A page")]
        /// All of what
        /// it is.
        ///
        /// In two paragraphs.
        GET "/pages/{page}" => page,
        GET "/me" => me,
        "/staff" => {
            before => pass,
            before => on_page,
            GET "/list" => me,
        }
    }
    "/gate" => {
        before => turn_away,
        GET "/typed" => page_of_a_gate,
        GET "/status" => with_status,
    }
}

fn home() -> &'static str {
    "home"
}

fn authenticate(Path(_): Path<Club>, Bearer(_): Bearer) -> Result<Extension<u8>, Problem> {
    Ok(Extension(7))
}

#[derive(Type)]
struct Club {
    #[field(max = 9)]
    club: u32,
}

fn pass(_: &Request) {}

fn on_page(Query(_): Query<Page>) -> Result<(), Problem> {
    Ok(())
}

fn turn_away(_: &Request) -> Result<(), Response> {
    Err(redirect!("/"))
}

fn page(Path((_, page)): Path<(u32, u32)>) -> Form<Page> {
    Form(Page { page })
}

fn me(Extension(number): Extension<u8>) -> String {
    number.to_string()
}

fn page_of_a_gate() -> Json<Page> {
    Json(Page { page: 1 })
}

fn with_status() -> (StatusCode, Json<Page>) {
    (StatusCode::OK, Json(Page { page: 1 }))
}

fn get(path: &str) -> Value {
    let document: Value = json::parse(openapi().as_bytes()).unwrap();
    document["paths"][path]["get"].clone()
}

fn statuses(operation: &Value) -> String {
    operation["responses"].as_object().unwrap().keys().map(String::as_str).collect::<Vec<_>>().join(" ")
}

fn parameters(operation: &Value) -> Vec<(&str, &str)> {
    let parameters = operation["parameters"].as_array().unwrap();
    parameters.iter().map(|it| (it["in"].as_str().unwrap(), it["name"].as_str().unwrap())).collect()
}

#[test]
fn what_a_group_asks_for_belongs_to_each_of_its_routes() {
    assert_eq!(get("/")["security"], Value::Null);
    let me = get("/members/{club}/me");
    assert_eq!(me["security"], json!([{ "bearer": [] }]));
    assert_eq!(statuses(&me), "200 400 401 422 default");
    assert_eq!(me["parameters"][0]["schema"]["maximum"], 9);
    let document: Value = json::parse(openapi().as_bytes()).unwrap();
    assert_eq!(document["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
}

#[test]
fn a_group_in_a_group_asks_for_what_both_do() {
    let list = get("/members/{club}/staff/list");
    assert_eq!(list["security"], json!([{ "bearer": [] }]));
    assert_eq!(parameters(&list), [("path", "club"), ("query", "page")]);
}

#[test]
fn what_a_layer_answers_of_which_nothing_is_known_is_the_default() {
    let typed = get("/gate/typed");
    assert_eq!(statuses(&typed), "200 default");
    assert_eq!(typed["responses"]["default"], json!({ "description": "Another answer" }));
    let content = get("/gate/status")["responses"]["default"]["content"].clone();
    assert_eq!(content["*/*"], json!({}));
    assert_eq!(content["application/json"]["schema"]["$ref"], "#/components/schemas/Page");
}

#[test]
fn below_a_summary_of_its_own_a_doc_comment_is_the_description() {
    let page = get("/members/{club}/pages/{page}");
    assert_eq!(page["summary"], "A page");
    assert_eq!(page["description"], "All of what\nit is.\n\nIn two paragraphs.");
    assert_eq!(get("/")["summary"], "In the open");
    assert_eq!(get("/")["description"], Value::Null);
}

#[test]
fn a_form_as_an_answer_says_its_fields() {
    let content = get("/members/{club}/pages/{page}")["responses"]["200"]["content"].clone();
    let form = &content["application/x-www-form-urlencoded"]["schema"];
    assert_eq!(form["$ref"], "#/components/schemas/Page");
}
