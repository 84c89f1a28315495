use mik_sdk::prelude::*;

routes! {
    #[status(1000)]
    GET "/" => home,
}

fn home() {}

fn main() {}
