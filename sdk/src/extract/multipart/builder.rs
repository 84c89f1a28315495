//! Forms with files, made: for tests, and for requests to other servers.

use crate::random;
use crate::text::join;

/// Makes a `multipart/form-data` body, as a browser does.
///
/// ```
/// let form = mik_sdk::multipart::Builder::new()
///     .text("title", "A photo")
///     .file("file", "me.jpg", "image/jpeg", b"\xff\xd8\xff");
/// let (content_type, body) = form.finish();
/// assert!(content_type.starts_with("multipart/form-data; boundary="));
/// # assert!(!body.is_empty());
/// ```
#[derive(Clone, Debug)]
#[must_use = "a form is nothing until it is finished"]
pub struct Builder {
    boundary: String,
    body: Vec<u8>,
}

impl Default for Builder {
    fn default() -> Self {
        Self::new()
    }
}

impl Builder {
    /// A form without parts. Its boundary is random, so that nothing in a part is taken for it.
    pub fn new() -> Self {
        Self { boundary: join(&["mik-", &random::hex(16)]), body: Vec::new() }
    }

    /// Adds a field.
    pub fn text(mut self, name: &str, value: &str) -> Self {
        self.push(name, None, value.as_bytes());
        self
    }

    /// Adds a file. A content type that could say more than that is written as `application/octet-stream`.
    pub fn file(mut self, name: &str, file_name: &str, content_type: &str, bytes: &[u8]) -> Self {
        let is_plain = content_type.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        let content_type = if is_plain { content_type } else { "application/octet-stream" };
        self.push(name, Some((file_name, content_type)), bytes);
        self
    }

    /// The value of the content type, and the body.
    pub fn finish(mut self) -> (String, Vec<u8>) {
        for piece in ["--", &self.boundary, "--\r\n"] {
            self.body.extend_from_slice(piece.as_bytes());
        }
        (join(&["multipart/form-data; boundary=", &self.boundary]), self.body)
    }

    #[inline(never)]
    fn push(&mut self, name: &str, file: Option<(&str, &str)>, bytes: &[u8]) {
        let mut head =
            join(&["--", &self.boundary, "\r\nContent-Disposition: form-data; name=\"", &escape(name), "\""]);
        if let Some((file_name, content_type)) = file {
            for piece in ["; filename=\"", &escape(file_name), "\"\r\nContent-Type: ", content_type] {
                head.push_str(piece);
            }
        }
        head.push_str("\r\n\r\n");
        self.body.extend_from_slice(head.as_bytes());
        self.body.extend_from_slice(bytes);
        self.body.extend_from_slice(b"\r\n");
    }
}

/// As the HTML standard has it.
fn escape(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for character in name.chars() {
        match character {
            '"' => text.push_str("%22"),
            '\r' => text.push_str("%0D"),
            '\n' => text.push_str("%0A"),
            character => text.push(character),
        }
    }
    text
}
