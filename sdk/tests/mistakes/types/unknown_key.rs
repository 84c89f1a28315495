//! A key that `#[field(…)]` does not know.

use mik_sdk::prelude::*;

#[derive(Type)]
struct A {
    #[field(minimum = 1)]
    age: u8,
}

#[derive(Type)]
struct B {
    #[field(renmae = "nickName")]
    nick: String,
}

#[derive(Type)]
struct C {
    #[field(elephant)]
    other: String,
}

fn main() {}
