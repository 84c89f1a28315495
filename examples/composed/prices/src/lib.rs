//! What things cost: a component that others call, and no handler.

mik_sdk::bindings!();

use bindings::exports::shop::prices::catalog::{Guest, Item};

/// Names, and cents.
const ITEMS: [(&str, u64); 3] = [("teapot", 2_500), ("cup", 900), ("kettle", 4_000)];

struct Prices;

impl Guest for Prices {
    fn items() -> Vec<Item> {
        ITEMS.into_iter().map(|(name, cents)| Item { name: name.to_owned(), cents }).collect()
    }

    fn find(name: String) -> Option<Item> {
        Self::items().into_iter().find(|item| item.name == name)
    }
}

bindings::export!(Prices with_types_in bindings);
