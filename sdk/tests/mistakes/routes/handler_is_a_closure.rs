use mik_sdk::prelude::*;

routes! {
    GET "/" => || "home",
}

fn main() {}
