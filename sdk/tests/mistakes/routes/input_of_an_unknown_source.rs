use mik_sdk::prelude::*;

routes! {
    POST "/users" => create(json: NewUser),
}

#[derive(Type)]
struct NewUser {
    name: String,
}

fn create(body: NewUser, _: &Request) -> String {
    body.name
}

fn main() {}
