use mik_sdk::prelude::*;

routes! {
    GET "/users/{id}" => user,
}

fn user() -> &'static str {
    "who?"
}

fn main() {}
