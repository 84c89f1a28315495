//! A shop's prices with tax: what things cost and what tax there is, two other components know.

use mik_sdk::prelude::*;

mik_sdk::bindings!();

use bindings::shop::prices::catalog::{self, Item};
use bindings::shop::tax::rates::{self, Unknown};

routes! {
    /// What there is
    GET "/" => items,
    /// What one thing costs somewhere: `/teapot?country=de`
    GET "/{name}" => price,
}

#[derive(Type)]
struct Buyer {
    country: String,
}

#[derive(Type)]
struct Price {
    name: String,
    cents: u64,
    tax: u64,
}

fn items() -> Json<Vec<String>> {
    Json(catalog::items().into_iter().map(|item| item.name).collect())
}

fn price(Path(name): Path<String>, Query(buyer): Query<Buyer>) -> Result<Json<Price>, Problem> {
    let item = catalog::find(&name).ok_or_else(|| Problem::not_found(format!("there is no {name}")))?;
    let Item { name, cents } = item;
    let tax = rates::tax_on(cents, &buyer.country).map_err(|Unknown { country }| {
        Problem::unprocessable(format!("the tax of {country} is not known"))
    })?;
    Ok(Json(Price { name, cents: cents + tax, tax }))
}
