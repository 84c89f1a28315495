//! Forms with files: `multipart/form-data` (RFC 7578).

mod builder;
mod disposition;
mod parse;

use std::borrow::Cow;
use std::fmt;

use serde::de::DeserializeOwned;

pub use builder::Builder;

use super::form::{Field, are_names_bounded};
use super::{FromRequest, OptionalFromRequest, read};
use crate::media_type::MediaType;
use crate::openapi::{Body, Content, Input};
use crate::text::join;
use crate::{Problem, Rejection, Request, Type};

/// The parts of a form with files, in the order in which they came. With feature `multipart`.
///
/// All of it is read before the handler runs, and nothing is copied: a part is a piece of the body. So there are never some
/// parts of an upload: it is whole, or it is refused.
///
/// | what is wrong | answer |
/// |---|---|
/// | the content type is not `multipart/form-data` | 415 |
/// | it has no boundary, or a part is malformed or cut short | 400, with the number of the part |
/// | there are more than 1000 parts, or a part's header fields are more than 32 or larger than 8 KiB | 413 |
///
/// How large the body may be, the host says (`server.max_body_size_mb`).
///
/// ```
/// use mik_sdk::prelude::*;
///
/// #[derive(Type)]
/// struct Document { title: String, #[field(default)] tags: Vec<String> }
///
/// routes! { POST "/documents" => save }
///
/// fn save(upload: Multipart) -> Result<Response, Problem> {
///     let document: Document = upload.fields()?;
///     let file = upload.file("file")?;
///     Ok(ok!({
///         "title": document.title,
///         "tags": document.tags,
///         "name": file.file_name(),
///         "size": file.bytes().len(),
///     }))
/// }
///
/// let form = mik_sdk::multipart::Builder::new()
///     .text("title", "A photo")
///     .text("tags", "a")
///     .text("tags", "b")
///     .file("file", "me.jpg", "image/jpeg", b"\xff\xd8\r\n--\0");
/// let (content_type, body) = form.finish();
/// let response = testing::post("/documents").header("content-type", content_type).body(body).send(handle);
/// assert_eq!(response.text(), Some(r#"{"title":"A photo","tags":["a","b"],"name":"me.jpg","size":7}"#));
/// ```
#[derive(Clone, Debug)]
pub struct Multipart<'r> {
    parts: Vec<Part<'r>>,
}

/// One part: a field of the form.
#[derive(Clone)]
pub struct Part<'r> {
    name: Cow<'r, str>,
    file_name: Option<Cow<'r, str>>,
    headers: Vec<(&'r str, &'r str)>,
    bytes: &'r [u8],
}

impl<'r> Multipart<'r> {
    /// The first part with this name.
    pub fn get(&self, name: &str) -> Option<&Part<'r>> {
        self.parts.iter().find(|part| part.name == name)
    }

    /// Every part with this name.
    ///
    /// ```
    /// use mik_sdk::prelude::*;
    ///
    /// routes! { POST "/albums" => album }
    ///
    /// fn album(upload: Multipart) -> String {
    ///     let title = upload.get("title").and_then(|part| part.text()).unwrap_or("untitled");
    ///     format!("{title}: {} photos", upload.get_all("photo").count())
    /// }
    ///
    /// let form = mik_sdk::multipart::Builder::new()
    ///     .text("title", "At sea")
    ///     .file("photo", "1.jpg", "image/jpeg", b"\xff\xd8")
    ///     .file("photo", "2.jpg", "image/jpeg", b"\xff\xd8");
    /// let (content_type, body) = form.finish();
    /// let response = testing::post("/albums").header("content-type", content_type).body(body).send(handle);
    /// assert_eq!(response.text(), Some("At sea: 2 photos"));
    /// ```
    pub fn get_all<'m>(&'m self, name: &'m str) -> impl Iterator<Item = &'m Part<'r>> {
        self.parts.iter().filter(move |part| part.name == name)
    }

    /// The one file of this name.
    ///
    /// # Errors
    ///
    /// 400 where it is missing, is no file, or comes more than once. A browser sends a file without a name and without bytes
    /// where none was chosen: that is one that is missing.
    pub fn file(&self, name: &str) -> Result<&Part<'r>, Problem> {
        let mut files = self.parts.iter().filter(|part| part.name == name && part.is_chosen_file());
        let says = match (files.next(), files.next()) {
            (Some(file), None) => return Ok(file),
            (None, _) => "`: a file is missing",
            (Some(_), Some(_)) => "`: one file is expected, and there are several",
        };
        Err(Problem::bad_request(join(&["part `", name, says])).with("parameter", name))
    }

    /// Every part, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Part<'r>> {
        self.parts.iter()
    }

    /// How many parts there are.
    pub fn len(&self) -> usize {
        self.parts.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// The parts that are no files, read into a type as [`Form`](crate::Form) reads its fields.
    ///
    /// # Errors
    ///
    /// 400, with the name of the field, where they are not those of a `T`; 413 where their names have more than 256 KiB
    /// together; 422 where they do not keep to its rules.
    pub fn fields<T: DeserializeOwned + Type>(&self) -> Result<T, Problem> {
        let pairs = self.pairs()?;
        read("form", &pairs)
    }

    #[inline(never)]
    fn pairs(&self) -> Result<Vec<Field<'_>>, Problem> {
        let mut pairs = Vec::new();
        for part in self.parts.iter().filter(|part| part.file_name.is_none()) {
            let Some(text) = part.text() else {
                let detail = join(&["part `", &part.name, "`: it is not UTF-8"]);
                return Err(Problem::bad_request(detail).with("parameter", &*part.name));
            };
            pairs.push((Cow::Borrowed(&*part.name), Cow::Borrowed(text)));
        }
        if !are_names_bounded(&pairs) {
            return Err(Problem::payload_too_large("the names of a form's fields have at most 256 KiB together"));
        }
        Ok(pairs)
    }
}

impl<'r> Part<'r> {
    /// What the field of the form is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the file is called where it comes from, without directories; `None` where the part is no file. It is empty where
    /// no file was chosen. The client says so: it names nothing here, and two files may have the same.
    pub fn file_name(&self) -> Option<&str> {
        self.file_name.as_deref().map(|name| name.rsplit(['/', '\\']).next().unwrap_or_default())
    }

    /// What the part is said to be.
    pub fn content_type(&self) -> Option<&'r str> {
        self.header("content-type")
    }

    /// The first value of one of the part's own header fields.
    pub fn header(&self, name: &str) -> Option<&'r str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }

    /// The part's own header fields.
    pub fn headers(&self) -> &[(&'r str, &'r str)] {
        &self.headers
    }

    /// What is in it, byte for byte: a piece of the request's body.
    pub const fn bytes(&self) -> &'r [u8] {
        self.bytes
    }

    /// What is in it as text, where it is UTF-8.
    pub fn text(&self) -> Option<&'r str> {
        std::str::from_utf8(self.bytes).ok()
    }

    fn is_chosen_file(&self) -> bool {
        self.file_name.as_deref().is_some_and(|name| !name.is_empty() || !self.bytes.is_empty())
    }
}

/// Without what is in it.
impl fmt::Debug for Part<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Part")
            .field("name", &self.name)
            .field("file_name", &self.file_name)
            .finish_non_exhaustive()
    }
}

impl<'r> IntoIterator for Multipart<'r> {
    type Item = Part<'r>;
    type IntoIter = std::vec::IntoIter<Part<'r>>;

    fn into_iter(self) -> Self::IntoIter {
        self.parts.into_iter()
    }
}

impl<'m, 'r> IntoIterator for &'m Multipart<'r> {
    type Item = &'m Part<'r>;
    type IntoIter = std::slice::Iter<'m, Part<'r>>;

    fn into_iter(self) -> Self::IntoIter {
        self.parts.iter()
    }
}

const INPUT: Input = Input {
    body: Some(Body { content: &[Content { media_type: "multipart/form-data", shape: None }], required: true }),
    problems: &[400, 413, 415],
    ..Input::NONE
};

impl<'r> FromRequest<'r> for Multipart<'r> {
    const INPUT: Input = INPUT;

    #[inline(never)]
    fn from_request(request: &'r Request) -> Result<Self, Rejection> {
        let media_type = request.content_type().and_then(MediaType::parse);
        let Some(media_type) = media_type.filter(|media_type| media_type.is("multipart/form-data")) else {
            return Err(Problem::unsupported_media_type("this route reads `multipart/form-data`"));
        };
        let boundary = media_type.parameter("boundary").unwrap_or_default();
        parse::parts(request.body().unwrap_or_default(), &boundary).map(|parts| Self { parts })
    }
}

impl<'r> OptionalFromRequest<'r> for Multipart<'r> {
    const INPUT: Input = INPUT;

    fn from_request_optional(request: &'r Request) -> Result<Option<Self>, Rejection> {
        if request.content_type().is_none() && !request.has_body() {
            return Ok(None);
        }
        Self::from_request(request).map(Some)
    }
}

#[cfg(test)]
#[path = "multipart/tests.rs"]
mod tests;
