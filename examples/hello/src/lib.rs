//! What a handler can do, in one file.

use mik_sdk::prelude::*;

routes! {
    /// Says hello
    GET "/" | "" => home,
    /// Says hello to somebody, in one of a few languages: `/hello/Ada?language=de`
    GET "/hello/{name}" => hello,
    /// Gives the body back, byte for byte
    POST "/echo" => echo,
    /// Shows the headers as they came
    GET "/headers" => headers,
    /// Tells the time
    GET "/time" => now,
    /// Adds numbers: `{ "numbers": [1, 2, 3] }`
    POST "/sum" => sum,
}

fn home() -> Response {
    ok!({ "message": "Hello from mik!", "try": ["/hello/you", "/headers", "/time"] })
}

#[derive(Type)]
struct Greeting {
    #[field(default)]
    language: Language,
}

#[derive(Type, Default)]
#[serde(rename_all = "lowercase")]
enum Language {
    #[default]
    En,
    De,
    Eo,
}

fn hello(Path(name): Path<String>, Query(greeting): Query<Greeting>) -> String {
    let hello = match greeting.language {
        Language::En => "Hello",
        Language::De => "Guten Tag",
        Language::Eo => "Saluton",
    };
    format!("{hello}, {name}!\n")
}

fn echo(body: Bytes, request: &Request) -> Response {
    let content_type = request.header("content-type").unwrap_or("application/octet-stream");
    Response::new(StatusCode::OK).with_content_type(content_type).with_body(body)
}

fn headers(headers: &Headers) -> Json<Vec<(&str, &str)>> {
    Json(headers.iter().collect())
}

fn now() -> Response {
    ok!({ "now": time::now_iso(), "request": random::uuid() })
}

#[derive(Type)]
struct Numbers {
    numbers: Vec<i64>,
}

fn sum(Json(input): Json<Numbers>) -> Result<Response, Problem> {
    let sum = input
        .numbers
        .iter()
        .try_fold(0_i64, |sum, number| sum.checked_add(*number))
        .ok_or_else(|| Problem::unprocessable("the sum does not fit into 64 bits"))?;
    log!(info, "added", count: input.numbers.len(), sum: sum);
    Ok(ok!({ "sum": sum }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_hello() {
        let response = testing::get("/hello/J%C3%BCrgen?language=de").send(handle);
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.text(), Some("Guten Tag, Jürgen!\n"));
    }

    #[test]
    fn it_gives_every_byte_back() {
        let bytes: Vec<u8> = (0..=255).collect();
        let response = testing::post("/echo").body(bytes.clone()).send(handle);
        assert_eq!(response.body(), bytes);
    }

    #[test]
    fn a_sum_that_does_not_fit_is_a_problem() {
        let input = Numbers { numbers: vec![i64::MAX, 1] };
        let response = testing::post("/sum").json(&input).send(handle);
        assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
    }
}
