use mik_sdk::prelude::*;

routes! {
    before => check,
    after => change,
    GET "/" => home,
}

fn home() {}

fn check() -> bool {
    true
}

fn change(_request: &Request) -> Response {
    ok!()
}

fn main() {}
