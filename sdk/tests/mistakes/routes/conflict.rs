use mik_sdk::prelude::*;

routes! {
    GET "/users/{id}" => user,
    GET "/users/{name}" => user,
    GET "/files/{*path}" => user,
    "/files" => {
        GET "/{*rest}" => user,
    }
}

fn user(Path(id): Path<String>) -> String {
    id
}

fn main() {}
