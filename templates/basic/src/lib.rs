//! The routes of {{name}}, and what answers them.

use mik_sdk::prelude::*;

routes! {
    /// Says hello
    GET "/" => home,
    /// Says hello to somebody: `/hello/Ada`
    GET "/hello/{name}" => hello,
    /// Greets whom the body names: `{ "name": "Ada" }`
    POST "/greetings" => greet,
}

fn home() -> Response {
    ok!({ "message": "Hello from {{name}}!" })
}

fn hello(Path(name): Path<String>) -> String {
    format!("Hello, {name}!\n")
}

#[derive(Type)]
struct Guest {
    #[field(min = 1, max = 100)]
    name: String,
}

#[derive(Type)]
struct Greeting {
    text: String,
}

fn greet(Json(guest): Json<Guest>) -> Created<Json<Greeting>> {
    let text = format!("Welcome, {}!", guest.name);
    Created(Json(Greeting { text }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_hello() {
        let response = testing::get("/hello/Ada").send(handle);
        assert_eq!(response.text(), Some("Hello, Ada!\n"));
    }

    #[test]
    fn it_greets_whom_the_body_names() {
        let ada = Guest { name: "Ada".into() };
        let response = testing::post("/greetings").json(&ada).send(handle);
        assert_eq!(response.status(), StatusCode::CREATED);
        assert_eq!(response.text(), Some(r#"{"text":"Welcome, Ada!"}"#));
    }

    #[test]
    fn it_greets_nobody_without_a_name() {
        let nobody = Guest { name: String::new() };
        let response = testing::post("/greetings").json(&nobody).send(handle);
        assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(response.text().unwrap().contains(r#"{"pointer":"/name","detail":"must have at least 1 character"}"#));
    }
}
