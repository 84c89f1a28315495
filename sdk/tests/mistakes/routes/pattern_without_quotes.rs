use mik_sdk::prelude::*;

routes! {
    GET /users => home,
}

fn home() {}

fn main() {}
