use mik_sdk::prelude::*;

routes! {
    #[cache(60)]
    GET "/" => home,
}

fn home() {}

fn main() {}
