use mik_sdk::prelude::*;

#[derive(Type)]
struct NewUser {
    name: String,
}

routes! {
    POST "/users" => create,
    POST "/strings" => text,
}

fn create(_: Path<u32>, new: NewUser) -> String {
    new.name
}

fn text(_: String) {}

fn main() {}
