use mik_sdk::prelude::*;

routes! {
    FETCH "/" => home,
}

fn home() {}

fn main() {}
