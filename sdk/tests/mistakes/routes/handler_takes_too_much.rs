use mik_sdk::prelude::*;

routes! {
    GET "/" => home,
}

fn home(_: Method, _: Method, _: Method, _: Method, _: Method, _: Method, _: Method, _: Method, _: Method, _: Method, _: Method, _: Method, _: Method) {}

fn main() {}
