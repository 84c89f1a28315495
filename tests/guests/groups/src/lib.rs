//! A public part, and an interface for the pages of one origin whose clients say who they are.

use mik_sdk::prelude::*;

#[derive(Clone)]
struct User {
    name: String,
}

routes! {
    after => harden,
    GET "/" => home,
    _ => nothing,

    "/api" => {
        before => authenticate,
        cors => Cors::origins(&["https://app.example"])
            .headers(&["authorization", "content-type"])
            .credentials()
            .max_age(600),

        GET "/me" => me,
        POST "/items/{id}" => item,

        "/admin" => {
            before => only_for_ada,
            GET "/report" => home,
        }
    }

    "/public" => {
        cors => Cors::any_origin(),
        GET "/time" => home,
    }
}

fn harden(response: Response) -> Response {
    response.with_header("x-content-type-options", "nosniff")
}

fn authenticate(request: &Request) -> Result<Extension<User>, Problem> {
    let credentials = request.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
    match credentials {
        Some(name) => Ok(Extension(User { name: name.to_owned() })),
        None => Err(Problem::unauthorized("say who you are").with_header("www-authenticate", "Bearer")),
    }
}

fn only_for_ada(Extension(user): Extension<User>) -> Result<(), Problem> {
    match user.name.as_str() {
        "Ada" => Ok(()),
        name => Err(Problem::forbidden(format!("{name} is not Ada"))),
    }
}

fn home() -> &'static str {
    "home"
}

fn me(Extension(user): Extension<User>) -> String {
    user.name
}

fn item(Path(id): Path<u32>, Extension(user): Extension<User>) -> Response {
    created!(format!("/api/items/{id}"), { "id": id, "by": user.name })
}

fn nothing(request: &Request) -> Response {
    error! { status: 404, detail: format!("nothing is at {}", request.path()) }
}
