use mik_sdk::prelude::*;

routes! {
    cors => Cors::origins(&["https://app.example/"]),
    GET "/" => home,
}

fn home() {}

fn main() {}
