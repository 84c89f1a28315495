use mik_sdk::prelude::*;

routes! {
    layer => log,
    GET "/" => home,
}

fn home() {}

fn main() {}
