use mik_sdk::prelude::*;

routes! {
    POST "/users" => create(body: NewUser) -> NewUser,
    POST "/people" => other(body: NewUser),
}

#[derive(Type)]
struct NewUser {
    name: String,
}

fn create(body: NewUser) -> String {
    body.name
}

fn other(body: String, _: &Request) -> String {
    body
}

fn main() {}
