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
fn it_is_json() {
    println!("{}", openapi());
    assert_eq!(document()["openapi"], "3.1.0");
}
