//! A handler that shows what it is given and gives what it is asked for.

#[path = "../../../src/payload.rs"]
mod payload;

use std::hint::black_box;

use mik_sdk::prelude::*;

routes! {
    GET "/" => home,
    // Bodies.
    POST "/echo" => echo,
    POST "/receive" => receive,
    GET "/give/{count}" => give,
    // What is seen of a request.
    GET "/raw/{*rest}" => raw,
    GET "/headers" => headers,
    GET "/method" => method,
    POST "/method" => method,
    PUT "/method" => method,
    PATCH "/method" => method,
    DELETE "/method" => method,
    OPTIONS "/method" => method,
    // What becomes of a response.
    GET "/repeated" => repeated,
    GET "/status/{code}" => status,
    GET "/header/{name}" => header,
    // What the SDK refuses.
    GET "/items/{id}" => item,
    DELETE "/items/{id}" => item,
    #[status(201)]
    POST "/items" => make_item,
    GET "/search" => search,
    GET "/sum/{numbers}" => sum,
    // What is checked before a handler runs.
    POST "/orders" => order,
    GET "/shelves/{shelf}" => shelf,
    // What the host offers.
    GET "/time" => now,
    GET "/random" => random_values,
    GET "/environment" => environment,
    POST "/log" => log_lines,
    // What nobody should do.
    GET "/panic" => panic_on_purpose,
    GET "/loop" => endless,
    GET "/memory" => memory,
}

fn home() -> &'static str {
    "home"
}

/// Gives the body back, byte for byte.
fn echo(body: Bytes) -> Bytes {
    body
}

/// Says that it has been reached, and whether the body is the payload of the seed: `/receive?name=…&seed=…`.
fn receive(body: Bytes, request: &Request) -> Result<Response, Problem> {
    let name = request.query("name").unwrap_or_default();
    log!(info, "reached", name: name);
    let seed = request.query("seed").unwrap_or_default().parse()?;
    let exact = *body == payload::bytes(seed, body.len());
    Ok(ok!({ "length": body.len(), "exact": exact }))
}

/// The payload of a seed that is its length.
fn give(Path(count): Path<usize>) -> Bytes {
    Bytes::from(payload::bytes(count as u64, count))
}

fn raw(request: &Request) -> String {
    request.path_and_query().to_owned()
}

fn headers(headers: &Headers) -> Json<Vec<(&str, &str)>> {
    Json(headers.iter().collect())
}

fn method(method: Method) -> Response {
    let body = format!("it was {method}");
    Response::new(StatusCode::OK).with_header("x-method", method.as_str()).with_body(body)
}

fn repeated() -> Response {
    Response::new(StatusCode::OK)
        .with_header("set-cookie", "b=1; Path=/")
        .with_header("x-between", "between")
        .with_header("set-cookie", "a=2")
        .with_header("Set-Cookie", "c=3")
}

/// A status, with a body whatever it is.
fn status(Path(code): Path<u16>) -> Result<Response, Problem> {
    Ok(Response::new(StatusCode::from_u16(code)?).with_body("a body"))
}

/// A header that is not a handler's to set, perhaps.
fn header(Path(name): Path<String>) -> Response {
    Response::new(StatusCode::OK).with_header(name, "close")
}

fn item(Path(id): Path<u32>) -> Option<String> {
    (id < 100).then(|| format!("item {id}"))
}

#[derive(Type)]
struct Item {
    name: String,
    count: u8,
}

fn make_item(Json(item): Json<Item>) -> Json<Item> {
    Json(item)
}

#[derive(Type)]
struct Search {
    q: String,
    page: Option<u32>,
    #[field(default)]
    tag: Vec<String>,
}

fn search(Query(search): Query<Search>) -> Json<Search> {
    Json(search)
}

#[derive(Type)]
struct Order {
    #[field(min = 1, max = 10)]
    name: String,
    #[field(format = "email")]
    email: String,
    #[field(pattern = "^[A-Z]{3}$")]
    currency: Option<String>,
    #[field(min = 1, max_items = 3, unique)]
    lines: Vec<Line>,
}

#[derive(Type, PartialEq, Eq, PartialOrd, Ord)]
struct Line {
    #[field(max = 100)]
    amount: u16,
    sizes: Vec<u8>,
}

fn order(Json(order): Json<Order>) -> Json<Order> {
    log!(info, "an order");
    Json(order)
}

#[derive(Path)]
struct Shelf {
    #[field(min = 1)]
    shelf: u32,
}

#[derive(Query)]
struct Page {
    #[field(default = 20, min = 1, max = 100)]
    limit: u32,
    #[field(format = "date")]
    since: Option<String>,
}

fn shelf(Path(shelf): Path<Shelf>, Query(page): Query<Page>) -> Response {
    ok!({ "shelf": shelf.shelf, "limit": page.limit, "since": page.since })
}

/// Adds numbers, and leaves those that are none to `?`.
fn sum(Path(numbers): Path<String>) -> Result<String, Problem> {
    let mut sum = 0_u32;
    for number in numbers.split(',') {
        sum += number.parse::<u32>()?;
    }
    Ok(sum.to_string())
}

fn now() -> Response {
    ok!({ "seconds": time::now(), "millis": time::now_millis(), "iso": time::now_iso() })
}

fn random_values() -> Response {
    ok!({ "uuid": random::uuid(), "hex": random::hex(32), "number": random::u64() })
}

fn environment() -> Json<Vec<(String, String)>> {
    let mut all = env::all();
    all.sort();
    Json(all)
}

fn log_lines(Text(text): Text) -> StatusCode {
    log!(warn, "a line from the handler", text: text, count: 3, yes: true);
    log::debug!("nobody asked for this");
    StatusCode::NO_CONTENT
}

fn panic_on_purpose() -> &'static str {
    panic!("asked to panic")
}

fn endless() -> &'static str {
    loop {
        black_box(());
    }
}

fn memory() -> &'static str {
    let mut held = Vec::new();
    loop {
        held.push(vec![1_u8; 1 << 20]);
        black_box(&held);
    }
}
