//! `Content-Disposition: form-data; name="…"; filename="…"`, as browsers, curl and others write it.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use crate::fields::{Parameter, Parameters, trim};

/// What a part is called.
pub(super) struct Disposition<'r> {
    pub(super) name: Cow<'r, str>,
    pub(super) file_name: Option<Cow<'r, str>>,
}

/// Reads the one field of a part. A parameter that comes twice is refused: somebody between would read the other one.
pub(super) fn read<'r>(mut fields: impl Iterator<Item = &'r str>) -> Result<Disposition<'r>, &'static str> {
    let (Some(field), None) = (fields.next(), fields.next()) else {
        return Err("it needs exactly one `content-disposition`");
    };
    let (kind, parameters) = field.split_at(field.bytes().position(|byte| byte == b';').unwrap_or(field.len()));
    if !trim(kind).eq_ignore_ascii_case("form-data") {
        return Err("its `content-disposition` is not `form-data`");
    }
    let (mut name, mut file_name, mut extended) = (None, None, None);
    for parameter in Parameters(parameters) {
        let parameter = parameter.map_err(|_| "its `content-disposition` is malformed")?;
        let slot = match parameter.name {
            it if it.eq_ignore_ascii_case("name") => &mut name,
            it if it.eq_ignore_ascii_case("filename") => &mut file_name,
            it if it.eq_ignore_ascii_case("filename*") => &mut extended,
            _ => continue,
        };
        if slot.replace(parameter).is_some() {
            return Err("its `content-disposition` says a name twice");
        }
    }
    let name = text(name.ok_or("it has no name")?);
    let file_name = match (file_name, extended) {
        (Some(plain), _) => Some(text(plain)),
        // Some send it although RFC 7578, 4.2, says not to; python's `requests` does.
        (None, Some(extended)) => {
            Some(Cow::Owned(decode_extended(extended.raw).ok_or("its `filename*` is malformed")?))
        }
        (None, None) => None,
    };
    Ok(Disposition { name, file_name })
}

/// A name in quotes. Browsers write a quote and line breaks as `%22`, `%0D` and `%0A`, and everything else as it is (HTML,
/// "multipart/form-data encoding algorithm"); others put a backslash before a quote and a backslash.
fn text(parameter: Parameter<'_>) -> Cow<'_, str> {
    let raw = parameter.raw;
    if !raw.bytes().any(|byte| byte == b'\\' || byte == b'%') {
        return Cow::Borrowed(raw);
    }
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(character) = rest.chars().next() {
        let (decoded, len) = match rest.as_bytes() {
            [b'\\', next @ (b'"' | b'\\'), ..] if parameter.is_quoted => (char::from(*next), 2),
            [b'%', b'2', b'2', ..] => ('"', 3),
            [b'%', b'0', b'D' | b'd', ..] => ('\r', 3),
            [b'%', b'0', b'A' | b'a', ..] => ('\n', 3),
            _ => (character, character.len_utf8()),
        };
        text.push(decoded);
        rest = rest.get(len..).unwrap_or_default();
    }
    Cow::Owned(text)
}

/// RFC 8187, 3.2.1: `UTF-8'en'na%C3%AFve.txt`.
fn decode_extended(raw: &str) -> Option<String> {
    let (charset, rest) = raw.split_once('\'')?;
    let (_, value) = rest.split_once('\'')?;
    if !charset.eq_ignore_ascii_case("utf-8") {
        return None;
    }
    percent_decode_str(value).decode_utf8().ok().map(Cow::into_owned)
}
