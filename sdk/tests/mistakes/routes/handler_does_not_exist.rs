use mik_sdk::prelude::*;

routes! {
    GET "/" => front_page,
    GET "/users" => users::list,
}

mod users {}

fn main() {}
