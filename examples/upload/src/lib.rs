//! Files, in and out. It keeps nothing: it says what came.

use mik_sdk::prelude::*;
use sha2::{Digest as _, Sha256};

routes! {
    /// A form with files: what each part is
    POST "/forms" => form,
    /// A document: a title, tags, and exactly one file
    POST "/documents" => document,
    /// Bytes as they are
    POST "/bytes" => bytes,
    /// Gives what was sent back, as a file to be saved
    POST "/mirror/{name}" => mirror,
    /// So many bytes, from 0 to 255 over and over; parts of them, for who asks for a range
    GET "/download/{size}" => download,
}

/// The most that a download has.
const MOST: usize = 10 * 1024 * 1024;

fn form(form: Multipart) -> Response {
    let parts: Vec<_> = form.iter().map(describe).collect();
    ok!({ "parts": parts })
}

fn describe(part: &mik_sdk::multipart::Part<'_>) -> json::Value {
    json!({
        "name": part.name(),
        "file": part.file_name(),
        "type": part.content_type(),
        "size": part.bytes().len(),
        "sha256": digest(part.bytes()),
    })
}

#[derive(Type)]
struct Document {
    #[field(min = 1, max = 100)]
    title: String,
    #[field(default)]
    tags: Vec<String>,
}

fn document(form: Multipart) -> Result<Response, Problem> {
    let document: Document = form.fields()?;
    let file = form.file("file")?;
    Ok(ok!({ "title": document.title, "tags": document.tags, "file": describe(file) }))
}

fn bytes(body: Bytes) -> Response {
    ok!({ "size": body.len(), "sha256": digest(&body) })
}

fn mirror(Path(name): Path<String>, body: Bytes) -> Attachment {
    Attachment::new(name, body)
}

fn download(Path(size): Path<usize>, request: &Request) -> Result<Response, Problem> {
    if size > MOST {
        return Err(Problem::bad_request("that is more than 10 MiB"));
    }
    let body: Vec<u8> = (0..=255).cycle().take(size).collect();
    let name = format!("{size}.bin");
    Ok(Attachment::new(name, body).into_response().with_etag(size.to_string()).conditional(request).ranged(request))
}

fn digest(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from_digit(digit.into(), 16).unwrap_or_default());
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use mik_sdk::multipart::Builder;

    use super::*;

    fn send(path: &str, builder: Builder) -> Response {
        let (content_type, body) = builder.finish();
        testing::post(path).header("content-type", content_type).body(body).send(handle)
    }

    #[test]
    fn it_says_what_came() {
        let every_byte: Vec<u8> = (0..=255).collect();
        let response = send("/forms", Builder::new().text("a", "ü").file("f", "x\".bin", "image/png", &every_byte));
        response.assert_status(200).assert_json(&json!({ "parts": [
            { "name": "a", "file": null, "type": null, "size": 2,
              "sha256": "607474ca475a9724d7360aba71a56d5df77e61350e3f724cfa1f46e857e2d85f" },
            { "name": "f", "file": "x\".bin", "type": "image/png", "size": 256,
              "sha256": "40aff2e9d2d8922e47afd4648e6967497158785fbd1da870e7110266bf944880" },
        ]}));
    }

    #[test]
    fn a_document_is_a_title_and_a_file() {
        let whole = || Builder::new().text("title", "T").text("tags", "a").text("tags", "b");
        let response = send("/documents", whole().file("file", "a.txt", "text/plain", b"abc"));
        let document: json::Value = response.json().unwrap();
        assert_eq!((&document["tags"], &document["file"]["size"]), (&json!(["a", "b"]), &json!(3)));

        send("/documents", whole()).assert_problem(400);
        send("/documents", Builder::new().file("file", "a.txt", "text/plain", b"abc")).assert_problem(400);
        send("/documents", Builder::new().text("title", "").file("file", "a", "a/b", b"")).assert_problem(422);
    }

    #[test]
    fn what_is_cut_short_is_refused() {
        let (content_type, body) = Builder::new().text("a", "b").file("f", "x", "a/b", &[0; 100]).finish();
        let cut = &body[..body.len() - 10];
        let response = testing::post("/forms").header("content-type", content_type).body(cut).send(handle);
        response.assert_problem(400);
    }

    #[test]
    fn a_part_of_a_download_is_that_part() {
        let response = testing::get("/download/1000").header("range", "bytes=250-259").send(handle);
        response.assert_status(206).assert_header("content-range", "bytes 250-259/1000");
        assert_eq!(response.body(), [250, 251, 252, 253, 254, 255, 0, 1, 2, 3]);
        testing::get("/download/1000").header("if-none-match", "\"1000\"").send(handle).assert_status(304);
    }
}
