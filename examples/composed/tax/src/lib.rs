//! What tax there is on things: a component that is published, and that others call.

mik_sdk::bindings!();

use bindings::exports::shop::tax::rates::{Guest, Unknown};

struct Tax;

impl Guest for Tax {
    fn tax_on(amount: u64, country: String) -> Result<u64, Unknown> {
        let percent = match country.as_str() {
            "de" => 19,
            "fr" => 20,
            "lu" => 17,
            _ => return Err(Unknown { country }),
        };
        Ok(amount * percent / 100)
    }
}

bindings::export!(Tax with_types_in bindings);
