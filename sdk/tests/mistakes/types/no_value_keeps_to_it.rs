//! Rules that contradict each other, and a default that contradicts them.

use mik_sdk::prelude::*;

#[derive(Type)]
struct A {
    #[field(min = 10, max = 5)]
    limit: u32,
}

#[derive(Type)]
struct B {
    #[field(default = 200, max = 100)]
    limit: u32,
}

#[derive(Type)]
struct C {
    #[serde(skip)]
    #[field(max = 100)]
    limit: u32,
}

fn main() {}
