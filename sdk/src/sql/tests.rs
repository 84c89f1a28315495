//! Filters and pages of clients, through extractors and `?`.

use crate::prelude::*;
use crate::query::{
    Allow, ClientFilter, CursorKey, Error, Field, Page, PageParams, SortDir, SortField, delete, sqlite,
};

#[derive(Type)]
struct Search {
    filter: Option<ClientFilter>,
    sort: Option<String>,
}

routes! {
    GET "/posts" => list,
    POST "/search" => search,
    DELETE "/posts" => delete_all,
}

fn select(search: &Search, paging: &PageParams) -> Result<Page<u32>, Error> {
    let allow = Allow::new().field(Field::int("age").sortable()).field(Field::text("name"));
    let key = CursorKey::new("a key of the tests alone")?;
    let pages = sqlite("posts")
        .merge(&allow, &search.filter)?
        .sorts(&allow.sort(search.sort.as_deref().unwrap_or_default())?)
        .sorts(&[SortField::new("id", SortDir::Asc).not_null()])
        .pages(&key, paging.request(2, 10))?;
    pages.page(vec![1, 2, 3], |id| vec![(*id).into(); if search.sort.is_some() { 2 } else { 1 }])
}

fn list(Query(search): Query<Search>, Query(paging): Query<PageParams>) -> Result<Json<Page<u32>>, Problem> {
    Ok(Json(select(&search, &paging)?))
}

fn search(Json(search): Json<Search>) -> Result<Json<Page<u32>>, Problem> {
    Ok(Json(select(&search, &PageParams::default())?))
}

fn delete_all() -> Result<String, Problem> {
    Ok(delete("posts").build()?.sql)
}

#[test]
fn filters_and_pages_come_in_through_a_query() {
    let page = testing::get(r#"/posts?filter={"age":{"$gte":18}}&sort=-age&limit=1"#).send(handle);
    let page: Page<u32> = page.json().unwrap();
    assert_eq!((page.items, page.previous), (vec![1], None));
    let target = format!(r#"/posts?filter={{"age":{{"$gte":18}}}}&sort=-age&after={}"#, page.next.unwrap());
    testing::get(target).send(handle).assert_status(200);
}

#[test]
fn filters_come_in_through_a_body() {
    let call = testing::post("/search").json(&json!({ "filter": { "$or": [{ "age": 1 }, { "name": "Ada" }] } }));
    call.send(handle).assert_status(200);
    let call = testing::post("/search").json(&json!({ "filter": { "$or": [{ "age": 1 }, { "password": "x" }] } }));
    let problem = call.send(handle).assert_problem(422);
    assert_eq!(problem["errors"][0]["pointer"], "/$or/1/password");
    assert_eq!(problem["errors"][0]["detail"], "`password` is no field to filter by; there are `age`, `name`");
}

#[test]
fn what_a_client_cannot_ask_for_is_its_fault() {
    for (target, status, says) in [
        (r#"/posts?filter={"age":}"#, 400, "no JSON at line 1, column 8"),
        (r#"/posts?filter={"age":"x"}"#, 422, "an integer is expected, not text"),
        ("/posts?sort=password", 400, "`password` is no field to sort by; there are `age`"),
        ("/posts?after=x", 400, "this is no cursor"),
        ("/posts?limit=x", 400, "`limit`"),
    ] {
        let problem = testing::get(target).send(handle).assert_problem(status);
        assert!(problem["detail"].as_str().unwrap().contains(says), "{target}: {problem}");
    }
}

#[test]
fn what_the_handler_has_done_wrong_is_told_to_the_log_alone() {
    let logs = testing::logs();
    let problem = testing::delete("/posts").send(handle).assert_problem(500);
    assert_eq!(problem.get("detail"), None);
    assert!(logs.messages()[0].contains("every row of `posts`"), "{}", logs.text());
}
