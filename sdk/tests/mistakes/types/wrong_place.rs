//! What stands where it means nothing.

use mik_sdk::prelude::*;

#[derive(Type)]
#[field(min = 1)]
struct A {
    name: String,
}

#[derive(Type)]
enum B {
    #[field(max = 3)]
    Small,
}

#[derive(Query)]
enum C {
    All,
}

#[derive(Path)]
struct D(u32, u32);

#[derive(Type)]
union E {
    number: u32,
}

fn main() {}
