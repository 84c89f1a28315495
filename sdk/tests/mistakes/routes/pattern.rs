use mik_sdk::prelude::*;

routes! {
    GET "/users/{id" => home,
    GET "/users/{}" => home,
    GET "/users/{user-id}" => home,
    GET "/users/{id}/{id}" => home,
    GET "/users/{a}{b}" => home,
    GET "/users/a{*rest}" => home,
    GET "/users?page=1" => home,
    GET "/users/:id" => home,
    GET "/files/*path" => home,
    GET "/*" => home,
}

fn home() {}

fn main() {}
