use mik_sdk::prelude::*;

routes! {
    GET "users" => home,
    "api/" => {
        GET "/users" => home,
    }
    "/other/" => {
        GET "/users" => home,
    }
    "/rest/{*rest}" => {
        GET "/users" => home,
    }
}

fn home() {}

fn main() {}
