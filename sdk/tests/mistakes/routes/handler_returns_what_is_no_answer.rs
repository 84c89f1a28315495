use mik_sdk::prelude::*;

#[derive(Type)]
struct User {
    name: String,
}

routes! {
    GET "/user" => user,
    GET "/number" => number,
    GET "/result" => result,
}

fn user() -> User {
    User { name: String::new() }
}

fn number() -> u32 {
    7
}

fn result() -> Result<&'static str, String> {
    Ok("")
}

fn main() {}
