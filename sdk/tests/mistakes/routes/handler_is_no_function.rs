use mik_sdk::prelude::*;

routes! {
    GET "/" => HOME,
}

const HOME: &str = "home";

fn main() {}
