//! Values that a key cannot have.

use mik_sdk::prelude::*;

const LONGEST: usize = 10;

#[derive(Type)]
struct A {
    #[field(min = "1")]
    text: String,
}

#[derive(Type)]
struct B {
    #[field(max = LONGEST)]
    text: String,
}

#[derive(Type)]
struct C {
    #[field(max_length = -1)]
    text: String,
}

#[derive(Type)]
struct D {
    #[field(rename = name)]
    text: String,
}

#[derive(Type)]
struct E {
    #[field(x_note = [1])]
    text: String,
}

#[derive(Type)]
struct F {
    #[field(min = 1, min = 2)]
    text: String,
}

fn main() {}
