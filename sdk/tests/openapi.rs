//! The document that `routes!` makes of an API that has everything.
#![cfg(feature = "openapi")]
#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]

use mik_sdk::json::Value;
use mik_sdk::openapi::{Input, Parameter, Place, Security, Shape};
use mik_sdk::prelude::*;

#[derive(Type)]
struct NewUser {
    #[field(min = 1, max = 100, docs = "What to \"call\" them")]
    name: String,
    email: Option<String>,
    #[field(default = 18, min = 0, max = 150)]
    age: u8,
    address: Address,
    #[field(default)]
    friends: Vec<User>,
}

#[derive(Type)]
struct User {
    id: Uuid,
    name: String,
    address: Option<Address>,
}

#[derive(Type)]
struct Address {
    street: String,
    #[field(deprecated, x_note = "kept")]
    zip: Option<String>,
}

#[derive(Type)]
struct Search {
    #[field(docs = "What to look for")]
    q: String,
    page: Option<u32>,
    #[field(default)]
    tag: Vec<String>,
}

#[derive(Type)]
struct Place2 {
    shelf: u32,
    book: String,
}

struct Tenant;

impl FromRequest<'_> for Tenant {
    const INPUT: Input = Input {
        parameters: &[Parameter::new(Place::Header, "x-tenant", Shape::of::<String>())],
        security: Some(Security::BEARER),
        problems: &[401],
        ..Input::NONE
    };

    fn from_request(_: &Request) -> Result<Self, Rejection> {
        Ok(Self)
    }
}

impl mik_sdk::OptionalFromRequest<'_> for Tenant {
    const INPUT: Input = <Self as FromRequest>::INPUT;

    fn from_request_optional(_: &Request) -> Result<Option<Self>, Rejection> {
        Ok(None)
    }
}

routes! {
    /// Says hello
    /// to you
    ///
    /// And "more", with a \ in it: größer.
    GET "/" | "" => home,
    #[summary("One user")]
    GET "/users/{id}" => user,
    #[tag("Users")] #[tag("Write")] #[status(202)]
    PUT "/users/{name}" => put_user,
    #[deprecated]
    POST "/users" => create_user,
    GET "/search" => search,
    GET "/shelves/{shelf}/{book}.json" => place,
    GET "/pairs/{left}/{right}" => pair,
    GET "/tree/{*rest}" => users::tree,
    GET "/trees/{*rest}" => users::tree,
    POST "/text" => shout,
    GET "/go" => go,
    GET "/maybe" => maybe,
    DELETE "/größe" => delete,
}

fn home() -> &'static str {
    "home"
}
fn user(Path(id): Path<Uuid>) -> Option<Json<User>> {
    Some(Json(User { id, name: String::new(), address: None }))
}
fn put_user(Path(_): Path<String>, _: Tenant, Json(_): Json<NewUser>) -> Json<Vec<User>> {
    Json(Vec::new())
}
fn create_user(Json(new): Json<NewUser>) -> Result<Created<Json<User>>, Problem> {
    Ok(Created(Json(User { id: Uuid::nil(), name: new.name, address: Some(new.address) })))
}
fn search(Query(_): Query<Search>, body: Option<Json<Address>>) -> (StatusCode, Json<Value>) {
    (StatusCode::OK, Json(json!({ "body": body.is_some() })))
}
fn place(Path(_): Path<Place2>) {}
fn pair(Path(_): Path<(i8, bool)>) -> Bytes {
    Bytes::new()
}
fn shout(Text(text): Text) -> Result<Created<Text>, Problem> {
    Ok(Created(Text(text)))
}
fn go() -> Redirect {
    Redirect::to("/")
}
fn maybe(_: Option<Tenant>) -> Result<Response, Problem> {
    Ok(ok!())
}
fn delete() -> StatusCode {
    StatusCode::NO_CONTENT
}

mod users {
    use super::*;

    pub(crate) fn tree(request: &Request) -> Response {
        ok!({ "path": request.path() })
    }
}

fn document() -> Value {
    json::parse(openapi().as_bytes()).unwrap()
}

#[test]
fn the_package_says_what_the_api_is() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["info"]["title"], "mik-sdk");
    assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(document["info"]["description"], env!("CARGO_PKG_DESCRIPTION"));
}

#[test]
fn paths_are_in_the_order_of_the_routes() {
    let position = |path: &str| openapi().find(&format!("\"{path}\":{{")).unwrap_or_else(|| panic!("{path}"));
    let paths = ["/", "/users/{id}", "/users", "/search", "/tree/{rest}", "/gr%C3%B6%C3%9Fe"];
    assert!(paths.is_sorted_by_key(|path| position(path)), "{}", openapi());
    assert_eq!(document()["paths"].as_object().unwrap().len(), 12);
}

#[test]
fn doc_comments_are_summary_and_description() {
    let home = &document()["paths"]["/"]["get"];
    assert_eq!(home["summary"], "Says hello to you");
    assert_eq!(home["description"], "And \"more\", with a \\ in it: größer.");
    assert_eq!(document()["paths"]["/users/{id}"]["get"]["summary"], "One user");
}

#[test]
fn two_names_of_one_parameter_are_one_path() {
    let put = &document()["paths"]["/users/{id}"]["put"];
    assert_eq!(
        put["parameters"][0],
        json!({ "name": "id", "in": "path", "required": true, "schema": { "type": "string", "minLength": 1 } })
    );
    assert_eq!(put["tags"], json!(["Users", "Write"]));
    assert_eq!(put["responses"]["202"]["description"], "Accepted");
    assert_eq!(put["requestBody"]["required"], true);
    assert_eq!(put["security"], json!([{ "bearer": [] }]));
}

#[test]
fn operations_of_one_handler_have_ids_of_their_own() {
    let id = |path: &str| document()["paths"][path]["get"]["operationId"].clone();
    assert_eq!((id("/tree/{rest}"), id("/trees/{rest}")), (json!("users_tree"), json!("users_tree_2")));
}

#[test]
fn the_fields_of_a_query_are_parameters() {
    let search = &document()["paths"]["/search"]["get"];
    let parameter = |position: usize| search["parameters"][position].clone();
    assert_eq!(parameter(0)["required"], true);
    assert_eq!(parameter(0)["description"], "What to look for");
    assert_eq!(parameter(1)["name"], "page");
    assert_eq!(parameter(1)["schema"]["type"], "integer");
    assert_eq!(parameter(1).get("required"), None);
    assert_eq!(parameter(2)["schema"], json!({ "type": "array", "items": { "type": "string" } }));
    assert_eq!(search["requestBody"].get("required"), None);
    assert_eq!(document()["components"]["schemas"].get("Search"), None);
}

#[test]
fn parameters_of_a_path_are_taken_by_name_and_by_position() {
    let place = &document()["paths"]["/shelves/{shelf}/{book}.json"]["get"]["parameters"];
    assert_eq!((&place[0]["schema"]["type"], &place[1]["schema"]["type"]), (&json!("integer"), &json!("string")));
    let pair = &document()["paths"]["/pairs/{left}/{right}"]["get"]["parameters"];
    assert_eq!((&pair[0]["schema"]["minimum"], &pair[1]["schema"]["type"]), (&json!(-128), &json!("boolean")));
}

#[test]
fn answers_are_told_by_what_the_handler_returns() {
    let document = document();
    let statuses = |path: &str, method: &str| {
        let responses = document["paths"][path][method]["responses"].as_object().unwrap();
        responses.keys().map(String::as_str).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(statuses("/", "get"), "200");
    assert_eq!(statuses("/users/{id}", "get"), "200 400 404 422");
    assert_eq!(statuses("/users", "post"), "201 400 413 415 422 default");
    assert_eq!(statuses("/shelves/{shelf}/{book}.json", "get"), "204 400 422");
    assert_eq!(statuses("/go", "get"), "3XX");
    assert_eq!(statuses("/maybe", "get"), "401 default");
    assert_eq!(document["paths"]["/maybe"]["get"]["security"], json!([{ "bearer": [] }, {}]));
    assert_eq!(document["paths"]["/go"]["get"]["responses"]["3XX"]["headers"]["location"]["required"], true);
    let user = &document["paths"]["/users/{id}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"];
    assert_eq!(user["$ref"], "#/components/schemas/User");
}

#[test]
fn schemas_say_what_fields_keep_to() {
    let document = document();
    let schemas = &document["components"]["schemas"];
    let name = &schemas["NewUser"]["properties"]["name"];
    let expected =
        json!({ "type": "string", "minLength": 1, "maxLength": 100, "description": "What to \"call\" them" });
    assert_eq!(*name, expected);
    assert_eq!(schemas["NewUser"]["properties"]["age"]["default"], 18);
    assert_eq!(schemas["NewUser"]["required"], json!(["name", "address"]));
    assert_eq!(schemas["Address"]["properties"]["zip"]["x-note"], "kept");
    let address = &schemas["User"]["properties"]["address"];
    assert_eq!(address["anyOf"], json!([{ "$ref": "#/components/schemas/Address" }, { "type": "null" }]));
}

#[test]
fn every_reference_leads_somewhere() {
    fn references<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str));
                members.values().for_each(|value| references(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let document = document();
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 10, "{found:?}");
    for reference in found {
        assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
    }
}

mod typed_in_the_route {
    use super::*;

    routes! {
        GET "/users/{shelf}/{book}" => get(path: Place2, query: Search) -> User,
        "/orgs/{org}" => {
            before => pass,
            GET "/users" => list,
        },
    }

    fn get(place: Place2, search: Search, _: &Request) -> Response {
        ok!({ "book": place.book, "shelf": place.shelf, "q": search.q, "page": search.page, "tag": search.tag })
    }

    fn pass(_: &Request) {}

    fn list() -> StatusCode {
        StatusCode::NO_CONTENT
    }

    #[test]
    fn inputs_and_answer_are_the_routes() {
        let document: Value = json::parse(openapi().as_bytes()).unwrap();
        let get = &document["paths"]["/users/{shelf}/{book}"]["get"];
        assert_eq!(get["parameters"].as_array().unwrap().len(), 5);
        let schema = &get["responses"]["200"]["content"]["application/json"]["schema"];
        assert_eq!(schema["$ref"], "#/components/schemas/User");
    }

    #[test]
    fn a_group_puts_its_prefix_before_its_paths() {
        assert_eq!(testing::get("/orgs/7/users").send(handle).status(), StatusCode::NO_CONTENT);
        let document: Value = json::parse(openapi().as_bytes()).unwrap();
        assert_eq!(document["paths"]["/orgs/{org}/users"]["get"]["parameters"][0]["name"], "org");
    }
}
