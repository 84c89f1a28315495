//! Answers put together from those of other servers: one, many at once, with timeouts, retries and limits.

use mik_sdk::http_client::{self, fetch_all};
use mik_sdk::prelude::*;

routes! {
    /// What one shop asks for something: `/price/0/tea`
    GET "/price/{shop}/{item}" => price,
    /// The cheapest of all shops, and which of them said nothing
    GET "/cheapest/{item}" => cheapest,
    /// Orders something, once
    #[status(201)]
    POST "/orders" => order,
    /// What a page of the internet begins with: `/preview?url=https://example.com/`
    GET "/preview" => preview,
}

/// Where the shops are: `SHOPS`, with spaces between them.
fn shops() -> Result<Vec<String>, Problem> {
    Ok(env::require("SHOPS")?.split_whitespace().map(str::to_owned).collect())
}

#[derive(Type)]
struct Wanted {
    shop: usize,
    item: String,
}

/// `?` makes 504 of a timeout and 502 of everything else that can go wrong on the way; the log says what it was.
fn price(Path(wanted): Path<Wanted>) -> Result<Json<u32>, Problem> {
    let shops = shops()?;
    let shop = shops.get(wanted.shop).ok_or_else(|| Problem::not_found("there are not so many shops"))?;
    let response = fetch!(GET url(shop, &wanted.item), timeout: 2000).retries(2).send()?;
    if response.status() == StatusCode::NOT_FOUND {
        return Err(Problem::not_found("they do not have it"));
    }
    Ok(Json(response.error_for_status()?.json()?))
}

/// All shops are asked at the same time, and none waits for another: two seconds are the most that this can take.
fn cheapest(Path(item): Path<String>) -> Result<Response, Problem> {
    let shops = shops()?;
    let asked = shops.iter().map(|shop| http_client::get(url(shop, &item)).timeout_ms(2000));
    let mut cheapest: Option<(u32, &str)> = None;
    let mut silent = Vec::new();
    for (shop, outcome) in shops.iter().zip(fetch_all(asked)) {
        match outcome.and_then(|response| response.error_for_status()?.json::<u32>()) {
            Ok(price) if cheapest.is_none_or(|(least, _)| price < least) => cheapest = Some((price, shop)),
            Ok(_) => {}
            Err(error) => {
                log!(warn, "a shop said nothing", shop: shop, why: error.to_string());
                silent.push(shop);
            }
        }
    }
    match cheapest {
        Some((price, shop)) => Ok(ok!({ "price": price, "shop": shop, "silent": silent })),
        None => Err(Problem::bad_gateway("no shop has told its price")),
    }
}

#[derive(Type)]
struct Order {
    item: String,
    #[field(min = 1, max = 100)]
    count: u32,
}

/// What may not happen twice is sent again only because the shop knows a repetition by its key.
fn order(Json(order): Json<Order>) -> Result<Response, Problem> {
    let shop = shops()?.into_iter().next().ok_or_else(|| Problem::internal("there is no shop"))?;
    let response = fetch!(POST shop,
        headers: { "idempotency-key": random::uuid() },
        json: { "item": order.item, "count": order.count },
        timeout: 5000,
    )
    .retries_of_any_method(2)
    .send()?
    .error_for_status()?;
    Ok(ok!({ "shop_says": response.text() }))
}

#[derive(Type)]
struct Page {
    url: String,
}

/// A URL that somebody else has written: not to this network, however it is spelled, and no more than fits.
fn preview(Query(page): Query<Page>) -> Result<String, Problem> {
    use http_client::Error;

    let response =
        match http_client::get(&page.url).deny_private_ips().max_response_size(100_000).timeout_ms(3000).send() {
            Ok(response) => response,
            Err(error @ (Error::InvalidUrl(_) | Error::SsrfBlocked(_))) => {
                return Err(Problem::bad_request(error.to_string()));
            }
            Err(Error::TooLarge { .. }) => return Err(Problem::unprocessable("the page is too large")),
            Err(error) => return Err(error.into()),
        };
    Ok(String::from_utf8_lossy(response.bytes()).chars().take(200).collect())
}

/// What comes from outside and goes into a URL is encoded first: `?item=a&count=100` shall not be two parameters.
fn url(shop: &str, item: &str) -> String {
    let mut url = format!("{shop}?item=");
    for byte in item.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => url.push(char::from(byte)),
            _ => url.push_str(&format!("%{byte:02X}")),
        }
    }
    url
}

#[cfg(test)]
mod tests;
