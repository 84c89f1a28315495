use mik_sdk::prelude::*;

routes! {
    #[tag("Users")]
    "/users" => {
        GET "" => home,
    }
}

fn home() {}

fn main() {}
