//! A format that is not checked.

use mik_sdk::prelude::*;

#[derive(Type)]
struct A {
    #[field(format = "emial")]
    email: String,
}

#[derive(Type)]
struct B {
    #[field(format = "zodiac")]
    sign: String,
}

fn main() {}
