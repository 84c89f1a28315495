use mik_sdk::prelude::*;

routes! {
    GET "/users" => user,
}

fn user(Path(id): Path<u32>) -> String {
    id.to_string()
}

fn main() {}
