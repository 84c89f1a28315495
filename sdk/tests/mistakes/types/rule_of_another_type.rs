//! Rules that say nothing of the type that they stand on.

use mik_sdk::prelude::*;

#[derive(Type)]
struct User {
    #[field(min = 1)]
    is_admin: bool,
    #[field(max = 1.5)]
    age: u8,
    #[field(format = "email")]
    number: u32,
    #[field(pattern = "^a")]
    tags: Vec<String>,
    #[field(min_items = 1)]
    name: String,
    #[field(unique)]
    scores: Vec<f64>,
    #[field(max_length = 3)]
    id: Option<Uuid>,
}

fn main() {}
