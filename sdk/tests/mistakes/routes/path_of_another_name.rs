use mik_sdk::prelude::*;

#[derive(Path)]
struct Place {
    shelf: u32,
}

routes! {
    GET "/books/{book}" => book,
}

fn book(Path(place): Path<Place>) -> String {
    place.shelf.to_string()
}

fn main() {}
