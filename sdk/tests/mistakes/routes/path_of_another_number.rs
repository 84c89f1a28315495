use mik_sdk::prelude::*;

routes! {
    GET "/users/{id}" => pair,
}

fn pair(Path((id, name)): Path<(u32, String)>) -> String {
    format!("{id} {name}")
}

fn main() {}
