use mik_sdk::prelude::*;

routes! {
    GET "/" => home,
    before => check,
}

fn home() {}
fn check() {}

fn main() {}
