//! `format = "…"`: the names that there are, and which function checks them.

use syn::LitStr;
use syn::meta::ParseNestedMeta;

/// Formats that are checked: the name, the function in `mik_sdk::typed::formats`, and what its text must be.
const CHECKED: [(&str, &str, &str); 14] = [
    ("date", "date", "a date (`2024-02-29`)"),
    ("date-time", "date_time", "a date with its time (`2024-02-29T12:00:00Z`)"),
    ("duration", "duration", "a duration (`P1DT12H`)"),
    ("email", "email", "an email address"),
    ("hostname", "hostname", "a host name"),
    ("ipv4", "ipv4", "an IPv4 address"),
    ("ipv6", "ipv6", "an IPv6 address"),
    ("json-pointer", "json_pointer", "a JSON Pointer"),
    ("time", "time", "a time (`12:00:00Z`)"),
    ("uri", "uri", "a URI"),
    ("uri-reference", "uri_reference", "a URI, or a part of one"),
    ("url", "url", "a URL (`https://…`)"),
    ("uuid", "uuid", "a UUID"),
    ("byte", "byte", "base64"),
];

/// Formats that only say how a value is meant.
const ANNOTATIONS: [&str; 7] = ["int32", "int64", "float", "double", "password", "binary", "markdown"];

pub(super) fn parse(meta: &ParseNestedMeta<'_>) -> syn::Result<LitStr> {
    let name: LitStr = meta.value()?.parse()?;
    let value = name.value();
    let names: Vec<&str> = CHECKED.iter().map(|(name, ..)| *name).chain(ANNOTATIONS).collect();
    if names.contains(&value.as_str()) {
        return Ok(name);
    }
    let guess = match crate::nearest(&value, &names) {
        Some(nearest) => format!(": did you mean `{nearest}`?"),
        None => String::new(),
    };
    let checked = CHECKED.map(|(name, ..)| format!("`{name}`")).join(", ");
    let annotations = ANNOTATIONS.map(|name| format!("`{name}`")).join(", ");
    Err(syn::Error::new(
        name.span(),
        format!(
            "there is no format `{value}`{guess}\nchecked are {checked}\nand {annotations} only say how a value is meant; for anything else there is `pattern`"
        ),
    ))
}

/// The function that checks a format, and what it asks for; `None` for an annotation.
pub(super) fn check(name: &str) -> Option<(&'static str, &'static str)> {
    CHECKED.iter().find(|(known, ..)| *known == name).map(|(_, function, what)| (*function, *what))
}
