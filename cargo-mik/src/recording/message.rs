//! One request and one answer, as they are kept and compared.

use crate::tools::secrets::has_secret;

/// A request, whole: nothing in it stands for something else any more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// Its method, such as `GET`.
    pub method: String,
    /// The path with its query, or a whole URL.
    pub target: String,
    /// Names and values, in their order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// Whether there was more of the body than was kept.
    pub is_cut: bool,
}

/// An answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Names and values, in their order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// Whether there was more of the body than was kept, or it broke off.
    pub is_cut: bool,
}

impl Answer {
    /// The first value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// What becomes of headers that let their reader in somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secrets {
    /// Their values are left out: `{{authorization}}` stands for that of `Authorization`.
    LeftOut,
    /// They are kept as they are.
    Kept,
}

impl Secrets {
    /// A header's value as it is kept.
    pub(super) fn kept(self, name: &str, value: &str) -> String {
        let name = name.to_ascii_lowercase();
        match self {
            Self::LeftOut if has_secret(&name) => format!("{{{{{name}}}}}"),
            Self::LeftOut | Self::Kept => value.to_owned(),
        }
    }
}

/// Whether a value stands for one that was left out.
pub(super) fn is_left_out(value: &str) -> bool {
    value.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}")).is_some_and(has_secret)
}

/// Whether bytes can be a file's text: UTF-8, and nothing in it that editors would change or hide.
pub(super) fn as_text(bytes: &[u8]) -> Option<&str> {
    let is_plain = |c: char| !c.is_control() || matches!(c, '\n' | '\t');
    std::str::from_utf8(bytes).ok().filter(|text| text.chars().all(is_plain) && !text.starts_with('\u{feff}'))
}

/// The ending of a file for such a body.
pub(super) fn ending(headers: &[(String, String)], body: &[u8]) -> &'static str {
    let kind = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    let kind = kind.map_or("", |(_, value)| value.split(';').next().unwrap_or_default().trim());
    match kind {
        "text/html" => "html",
        "image/png" => "png",
        "image/jpeg" => "jpg",
        _ if std::str::from_utf8(body).is_err() => "bin",
        kind if kind == "application/json" || kind.ends_with("+json") => "json",
        _ => "txt",
    }
}
