//! Patterns that are no regular expressions, or none that a component should hold.

use mik_sdk::prelude::*;

#[derive(Type)]
struct A {
    #[field(pattern = "^[a-z")]
    name: String,
}

#[derive(Type)]
struct B {
    #[field(pattern = "^(?!admin)")]
    name: String,
}

#[derive(Type)]
struct C {
    #[field(pattern = r"^\p{L}+$")]
    name: String,
}

#[derive(Type)]
struct D {
    #[field(pattern = "^.{1,2000}$")]
    name: String,
}

fn main() {}
