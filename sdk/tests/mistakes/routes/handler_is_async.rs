use mik_sdk::prelude::*;

routes! {
    GET "/" => home,
}

async fn home() -> &'static str {
    "home"
}

fn main() {}
