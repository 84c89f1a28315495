use mik_sdk::prelude::*;

routes! {
    GET "/" => home
    GET "/users" => home,
}

fn home() {}

fn main() {}
