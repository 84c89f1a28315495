use mik_sdk::prelude::*;

routes! {
    cors => Cors::any_origin().credentials(),
    GET "/" => home,
}

fn home() {}

fn main() {}
