use mik_sdk::prelude::*;

routes! {
    fallback => home,
    GET "/" => home,
}

fn home() {}

fn main() {}
