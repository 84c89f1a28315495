//! The document that `routes!` makes.
#![cfg(feature = "openapi")]
#![allow(missing_docs)]

use mik_sdk::prelude::*;

routes! {
    /// Says hello
    ///
    /// And "more", with a \ in it.
    GET "/" | "" => home,
    #[tag("Files")]
    GET "/files/{name}.json" => file,
    GET "/tree/{*rest}" => file,
    POST "/text" => shout,
}

fn home() -> &'static str {
    "home"
}
fn file(request: &Request) -> Response {
    ok!({"p": request.path() })
}
fn shout(Text(text): Text) -> Result<Created<Text>, Problem> {
    Ok(Created(Text(text)))
}

#[test]
fn it_is_json() {
    println!("{}", openapi());
    let document: json::Value = json::parse(openapi().as_bytes()).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
}
