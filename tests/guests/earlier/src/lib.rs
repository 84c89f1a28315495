//! A small shop, written for mik-sdk 0.1. What was deleted are the lines of its bindings: `mod bindings;` and
//! `use bindings::exports::mik::core::handler::{self, Guest, Response};`. What was added is one line: [`Size`] says how its
//! variants are spelled.

use mik_sdk::prelude::*;

#[derive(Path)]
pub struct ItemPath {
    pub shelf: String,
    pub number: u32,
}

#[derive(Query)]
pub struct ListQuery {
    #[field(default = 1)]
    pub page: u32,
    #[field(default = 20, max = 100)]
    pub limit: u32,
    #[field(rename = "sortBy")]
    pub sort_by: Option<String>,
}

#[derive(Type)]
pub struct NewItem {
    #[field(min = 1, max = 40)]
    pub name: String,
    #[field(min = 1)]
    pub price: i64,
    #[field(docs = "What it is found by")]
    pub tags: Option<Vec<String>>,
}

#[derive(Type)]
pub struct Item {
    pub id: String,
    pub name: String,
    pub price: i64,
}

#[derive(Type)]
#[serde(rename_all = "snake_case")]
pub enum Size {
    Small,
    Large,
}

routes! {
    GET "/" | "" => home,
    GET "/items" => list(query: ListQuery) -> Item,
    POST "/items" => create(body: NewItem) -> Item,
    GET "/items/{id}" => get_item(path: Id) -> Item,
    PUT "/items/{id}" => update(path: Id, body: NewItem) -> Item,
    DELETE "/items/{id}" => delete,
    GET "/shelves/{shelf}/{number}" => place(path: ItemPath),
    POST "/search" => search,
    POST "/totals" => totals,
    POST "/jobs" => start_job,
    GET "/old" | "/older" => moved,
    GET "/elsewhere" => elsewhere,
    GET "/identifiers" => identifiers,
    GET "/errors/{kind}" => errors,
    GET "/clock" => clock,
    GET "/sizes" => sizes,
}

fn home(_req: &Request) -> Response {
    ok!({ "message": "Welcome!", "version": "0.1.0" })
}

fn list(query: ListQuery, req: &Request) -> handler::Response {
    log!(info, "list", page: query.page, limit: query.limit);
    let sort_by = query.sort_by.as_deref().unwrap_or("name");
    ok!({
        "page": int(query.page),
        "limit": query.limit,
        "sort_by": str(sort_by),
        "share": float(query.limit / 3),
        "is_first": bool(query.page == 1),
        "filter": req.query("filter"),
        "nothing": null,
        "nested": { "items": ["one", str(sort_by), 3] }
    })
}

fn create(body: NewItem, _req: &Request) -> Response {
    guard!(!body.name.starts_with(' '), 400, "A name does not begin with a space");
    guard!(body.price < 1_000_000, 422, "Nobody pays that");
    let id = random::uuid();
    let tags = body.tags.unwrap_or_default();
    created!(format!("/items/{id}"), {
        "id": str(id),
        "name": str(&body.name),
        "price": int(body.price),
        "tags": tags,
        "first_tag": tags.first()
    })
}

fn get_item(path: Id, _req: &Request) -> Response {
    let number: u32 = ensure!(path.parse::<u32>(), 400, "The identifier of an item is a number");
    let name = ensure!(find(number), 404, format!("There is no item {number}"));
    ok!({ "id": path.as_str(), "name": name })
}

fn update(path: Id, body: NewItem, _req: &Request) -> Response {
    if find(path.as_str().parse().unwrap_or(0)).is_none() {
        let detail = format!("There is no item {path}");
        return error! { status: status::NOT_FOUND, title: "Not Found", detail: &detail };
    }
    let item = json!({ "id": str(path.as_str()), "name": body.name, "price": int(body.price) });
    ok!({ "item": item })
}

fn delete(req: &Request) -> Response {
    match req.param("id") {
        Some("1") => conflict!("Somebody is buying it"),
        Some("2") => forbidden!(),
        Some("3") => no_content!(),
        id => not_found!(format!("There is no item {}", id.unwrap_or("?"))),
    }
}

fn place(path: ItemPath, _req: &Request) -> Response {
    ok!({ "shelf": path.shelf, "number": path.number })
}

/// The body is looked into without a type of its own.
fn search(req: &Request) -> Response {
    guard!(req.is_json(), 400, "Send JSON");
    let body = ensure!(req.json_with(json::try_parse), 400, "That is not JSON");
    let name = body.get("name").str_or("");
    let city = body.path_str(&["address", "city"]).unwrap_or_default();
    let tags = body.get("tags").map_array(|tag| tag.str()).unwrap_or_default();
    let reply = json::obj()
        .set("name", json::str(&name))
        .set("city", json::str(city))
        .set("age", json::int(body.get("age").int_or(-1)))
        .set("tags", tags.iter().fold(json::arr(), |list, tag| list.push(json::str(tag))))
        .set("second", json::str(body.get("tags").at(1).str_or("none")))
        .set("vip", json::bool(body.path_bool_or(&["flags", "vip"], false)))
        .set("nothing", json::null())
        .set("fields", json::int(body.len().unwrap_or(0) as i64));
    ok!({ "reply": reply, "is_null": body.get("missing").is_null() })
}

/// A form.
fn totals(req: &Request) -> Response {
    guard!(req.is_form(), 400, "Send a form");
    let currency = req.form("currency").unwrap_or("EUR");
    let total: i64 = req.form_all("amount").iter().filter_map(|amount| amount.parse::<i64>().ok()).sum();
    ok!({ "total": total, "currency": currency, "type": req.content_type() })
}

fn start_job(req: &Request) -> Response {
    if !req.has_body() {
        return accepted!();
    }
    accepted!({ "bytes": int(req.body().map_or(0, <[u8]>::len)) })
}

fn moved(_req: &Request) -> Response {
    redirect!("/items")
}

fn elsewhere(req: &Request) -> Response {
    guard!(!req.accepts("html") || !req.is_html(), 400, "Ask for JSON");
    redirect!(308, format!("/items?page={}", req.query("page").unwrap_or("1")))
}

fn identifiers(req: &Request) -> Response {
    struct Sold {
        id: u32,
        buyer: String,
    }
    let sold = [Sold { id: 1, buyer: "Ada".to_string() }, Sold { id: 2, buyer: "Bob".to_string() }];
    let wanted = req.query_all("tag");
    ok!({ "ids": ids!(sold), "buyers": ids!(sold, buyer), "tags": wanted, "count": wanted.len() })
}

fn errors(req: &Request) -> Response {
    match req.param("kind").unwrap_or("") {
        "bad" => bad_request!("It makes no sense"),
        "gone" => error! { status: 410 },
        "full" => error! {
            status: status::UNPROCESSABLE_ENTITY,
            title: "Validation Error",
            detail: "Invalid input",
            problem_type: "urn:shop:validation",
            instance: req.path_without_query(),
            meta: { "field": "email", "limits": { "max": int(7_u8) } }
        },
        kind => not_found!(format!("There is no error {kind}")),
    }
}

fn clock(req: &Request) -> Response {
    log::info!("asked for the time by {}", req.header("user-agent").unwrap_or("nobody"));
    log::debug!("of trace {:?}", req.trace_id());
    guard!(time::now() > 1_700_000_000, 500, "The clock is wrong");
    ok!({ "iso": time::now_iso(), "is_late": time::now_millis() < 1000, "token": random::hex(8).len() })
}

fn sizes(_req: &Request) -> Response {
    ok!({ "sizes": [Size::Small, Size::Large] })
}

fn find(number: u32) -> Option<&'static str> {
    match number {
        1 => Some("Lamp"),
        2 => Some("Chair"),
        _ => None,
    }
}
