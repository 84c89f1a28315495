use mik_sdk::prelude::*;

routes! {
    "/api/{version}" => {
        GET "/users" => users,
    }
    "/api/{number}" => {
        GET "/items" => users,
    }
    "" => {
        GET "/more" => users,
        _ => users,
    }
}

fn users() {}

fn main() {}
