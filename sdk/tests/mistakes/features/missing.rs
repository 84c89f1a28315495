use mik_sdk::prelude::*;

routes! {
    POST "/pictures" => picture,
    GET "/weather" => weather,
    GET "/me" => me,
}

fn picture(form: Multipart) -> usize {
    form.file("file").bytes().len()
}

fn weather() -> Result<String, Problem> {
    Ok(fetch!(GET "https://example.com", timeout: 500).send()?.json()?)
}

fn me(key: SigningKey) {}

fn main() {}
