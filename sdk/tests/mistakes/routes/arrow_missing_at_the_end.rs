use mik_sdk::prelude::*;

routes! {
    GET "/users"
}

fn main() {}
