//! What nobody needs to read to understand a request: secrets, by the names of what they are in.

use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::tools::secrets::has_secret;

/// What stands in the place of a secret.
const MASKED: &str = "•••";

/// Headers whose values are URLs, and may have a query.
const URLS: [HeaderName; 3] = [header::LOCATION, header::REFERER, header::CONTENT_LOCATION];

/// The most bytes that are kept of all headers of a message, and of the value of one.
const HEADERS_MOST: usize = 8 << 10;
const VALUE_MOST: usize = 1 << 10;

/// The headers of a message, in their order, without secrets; where they are too many, those at the end are missing, and a
/// last entry says so.
pub(super) fn headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let mut kept = Vec::new();
    let mut bytes = 0;
    for (name, value) in headers {
        let shown = header(name, value);
        bytes += name.as_str().len() + shown.len();
        if bytes > HEADERS_MOST {
            kept.push(("…".to_owned(), format!("{} more", headers.len() - kept.len())));
            break;
        }
        kept.push((name.as_str().to_owned(), shown));
    }
    kept
}

fn header(name: &HeaderName, value: &HeaderValue) -> String {
    let text = String::from_utf8_lossy(value.as_bytes());
    let scheme = || text.split_once(' ').map(|(scheme, _)| scheme).filter(|scheme| scheme.len() <= 16);
    match name {
        // Which kind of proof it was is of use.
        &header::AUTHORIZATION | &header::PROXY_AUTHORIZATION => {
            scheme().map_or(MASKED.to_owned(), |scheme| format!("{scheme} {MASKED}"))
        }
        &header::COOKIE => text.split(';').map(|pair| assignment(pair.trim())).collect::<Vec<_>>().join("; "),
        // Its attributes are no secrets.
        &header::SET_COOKIE => match text.split_once(';') {
            Some((pair, attributes)) => cut(&format!("{};{attributes}", assignment(pair)), VALUE_MOST),
            None => assignment(&text),
        },
        name if has_secret(name.as_str()) || value.is_sensitive() => MASKED.to_owned(),
        name if URLS.contains(name) => cut(&query(&text), VALUE_MOST),
        _ => cut(&text, VALUE_MOST),
    }
}

/// `name=value` without the value.
fn assignment(pair: &str) -> String {
    match pair.split_once('=') {
        Some((name, _)) => format!("{}={MASKED}", cut(name, 64)),
        None => MASKED.to_owned(),
    }
}

/// A URL, or its path and query, without a user's name and password, and without the values of parameters that have secrets.
pub(super) fn query(url: &str) -> String {
    let url = without_user(url);
    let Some((path, query)) = url.split_once('?') else { return url };
    let pairs = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if has_secret(name) => format!("{name}={MASKED}"),
        _ => pair.to_owned(),
    });
    format!("{path}?{}", pairs.collect::<Vec<_>>().join("&"))
}

fn without_user(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    match authority.rsplit_once('@') {
        Some((_, host)) if !scheme.contains('?') => format!("{scheme}://{MASKED}@{host}{path}"),
        _ => url.to_owned(),
    }
}

/// So many bytes of a text at most, whole characters, and a mark where something is missing.
pub(super) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().map(|(at, _)| at).find(|at| *at > most) {
        None if text.len() <= most => text.to_owned(),
        _ => {
            let end = text.char_indices().map(|(at, _)| at).take_while(|at| *at <= most).last().unwrap_or(0);
            format!("{}…", text.get(..end).unwrap_or_default())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(name: &str, value: &str) -> String {
        header(&name.parse().unwrap(), &value.parse().unwrap())
    }

    #[test]
    fn secrets_are_not_shown_and_what_they_are_is() {
        assert_eq!(masked("authorization", "Bearer abc.def"), "Bearer •••");
        assert_eq!(masked("authorization", "abcdef"), "•••");
        assert_eq!(masked("cookie", "a=1; session=xyz"), "a=•••; session=•••");
        assert_eq!(masked("set-cookie", "id=1; Path=/; HttpOnly"), "id=•••; Path=/; HttpOnly");
        assert_eq!(masked("x-api-key", "k"), "•••");
        assert_eq!(masked("x-csrf-token", "k"), "•••");
        assert_eq!(masked("content-type", "text/plain"), "text/plain");
        assert_eq!(masked("location", "/a?token=1&b=2"), "/a?token=•••&b=2");
        assert_eq!(query("/a?q=1&access_token=2&flag"), "/a?q=1&access_token=•••&flag");
        assert_eq!(query("http://ada:pass@a.example/b?c=d@e"), "http://•••@a.example/b?c=d@e");
        assert_eq!(query("/a?to=http://b.example/@c"), "/a?to=http://b.example/@c");
    }

    #[test]
    fn what_is_long_is_cut_between_characters() {
        assert_eq!(cut("äöü", 6), "äöü");
        assert_eq!(cut("äöü", 3), "ä…");
        assert_eq!(cut("", 0), "");
        assert_eq!(cut("ab", 1), "a…");
        let mut all = HeaderMap::new();
        for number in 0..50 {
            all.insert(HeaderName::try_from(format!("x-{number}")).unwrap(), "v".repeat(500).parse().unwrap());
        }
        let kept = headers(&all);
        assert!(kept.len() < 20 && kept.last().unwrap().1.ends_with(" more"), "{kept:?}");
    }
}
