//! A handler of another SDK: bodies as streams, formatting, maps, floating-point numbers, panics.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

use wstd::http::{Body, BodyExt, Error, Request, Response, StatusCode};

#[wstd::http_server]
async fn main(request: Request<Body>) -> Result<Response<Body>, Error> {
    let path = request.uri().path().to_owned();
    let query = request.uri().query().unwrap_or_default().to_owned();
    match path.as_str() {
        "/" => Ok(Response::new("hello from wstd\n".into())),
        "/echo" => echo(request).await,
        "/compute" => Ok(Response::new(compute(number(&query)).into())),
        "/throw" => panic!("on purpose: {query}"),
        "/index" => Ok(Response::new(format!("{}", [1, 2, 3][number(&query)]).into())),
        "/overflow" => Ok(Response::new(format!("{}", down(number(&query) as u64)).into())),
        _ => Ok(Response::builder().status(StatusCode::NOT_FOUND).body(format!("nothing at {path}\n").into())?),
    }
}

async fn echo(request: Request<Body>) -> Result<Response<Body>, Error> {
    let mut response = Response::builder().header("x-method", request.method().as_str());
    for (name, value) in request.headers() {
        if let Some(rest) = name.as_str().strip_prefix("x-in-") {
            response = response.header(format!("x-out-{rest}"), value);
        }
    }
    let body = request.into_body().into_boxed_body().collect().await?.to_bytes();
    Ok(response.header("x-length", body.len()).body(body.into())?)
}

fn number(query: &str) -> usize {
    query.split_once('=').and_then(|(_, value)| value.parse().ok()).unwrap_or(100)
}

/// Integers, floats, maps, sorting and formatting: each leaves something in the text.
fn compute(rounds: usize) -> String {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut words: HashMap<String, u64> = HashMap::new();
    let mut sum = 0.0_f64;
    for round in 0..rounds {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        *words.entry(format!("{:x}", state % 251)).or_default() += state >> 40;
        sum += ((state % 1000) as f64).sqrt().sin() / (round as f64 + 1.0);
    }
    let sorted: BTreeMap<_, _> = words.into_iter().collect();
    let mut text = format!("{sum:.12} {sum:e} {:?}\n", (state as f32).to_bits());
    for (word, count) in &sorted {
        let _ = writeln!(text, "{word:>4} {count:<12} {:08b} {:?}", count % 256, char::from_u32(*count as u32 % 0x3000));
    }
    text
}

#[allow(unconditional_recursion)]
fn down(n: u64) -> u64 {
    std::hint::black_box(n).checked_mul(31).map_or_else(|| down(n / 3 + 7) + 1, |n| down(n) ^ 1)
}
