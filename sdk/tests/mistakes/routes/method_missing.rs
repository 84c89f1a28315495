use mik_sdk::prelude::*;

routes! {
    "/" => home,
}

fn home() {}

fn main() {}
