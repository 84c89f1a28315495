use mik_sdk::prelude::*;

routes! {
    GET "/users" | "/people" => users,
    POST "/users" => users,
    GET "/users" => users,
}

fn users() {}

fn main() {}
