use mik_sdk::prelude::*;

routes! {
    get "/" => home,
}

fn home() {}

fn main() {}
