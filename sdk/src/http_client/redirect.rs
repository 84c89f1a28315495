//! Where a redirect leads, and what of the request goes along (RFC 9110, 15.4).

use super::url::{Scheme, Url};
use super::{ClientRequest, Error, Redirect, Result};
use crate::{Headers, Method};

/// What is said to one origin and is not another's to know.
const CREDENTIALS: [&str; 4] = ["authorization", "cookie", "cookie2", "proxy-authorization"];
/// What is said of a body.
const OF_BODY: [&str; 6] =
    ["content-type", "content-length", "content-encoding", "content-language", "content-location", "digest"];

/// Changes the request into the one that a redirect asks for, and gives where that goes; `None` where the response is no
/// redirect.
#[inline(never)]
pub(super) fn follow(request: &mut ClientRequest, from: &Url, status: u16, headers: &Headers) -> Result<Option<Url>> {
    if request.redirects == 0 || !matches!(status, 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = headers.get("location") else {
        return Ok(None);
    };
    let to = from.join(location).map_err(|_| Error::Redirect(Redirect::Invalid))?;
    if from.scheme == Scheme::Https && to.scheme == Scheme::Http && !request.is_downgrade_allowed {
        return Err(Error::Redirect(Redirect::Insecure));
    }
    let becomes_get = match status {
        303 => !matches!(request.method, Method::Get | Method::Head),
        301 | 302 => request.method == Method::Post,
        _ => false,
    };
    if becomes_get {
        request.method = Method::Get;
        request.body = None;
        for name in OF_BODY {
            request.headers.remove(name);
        }
    } else if request.body.as_ref().is_some_and(|body| !body.is_repeatable()) {
        return Err(Error::Redirect(Redirect::BodyIsGone));
    }
    if !to.has_origin_of(from) {
        for name in CREDENTIALS {
            request.headers.remove(name);
        }
    }
    Ok(Some(to))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(location: &str) -> Headers {
        Headers::from(vec![("Location".to_owned(), location.to_owned())])
    }

    fn request(method: Method) -> ClientRequest {
        ClientRequest::new(method, "https://a.example/x")
            .header("Authorization", "secret")
            .header("cookie", "a=b")
            .header("content-type", "text/plain")
            .header("x-own", "1")
            .body("body")
    }

    fn followed(method: Method, status: u16, location: &str) -> (ClientRequest, Result<Option<String>>) {
        let mut request = request(method);
        let from = Url::parse("https://a.example/x").unwrap();
        let followed = follow(&mut request, &from, status, &to(location)).map(|url| url.map(|url| url.to_text()));
        (request, followed)
    }

    #[test]
    fn method_and_body_are_those_that_the_rfc_says() {
        for (method, status, then) in [
            (Method::Post, 301, Method::Get),
            (Method::Post, 302, Method::Get),
            (Method::Post, 303, Method::Get),
            (Method::Put, 303, Method::Get),
            (Method::Head, 303, Method::Head),
            (Method::Put, 301, Method::Put),
            (Method::Delete, 302, Method::Delete),
            (Method::Post, 307, Method::Post),
            (Method::Post, 308, Method::Post),
        ] {
            let (request, followed) = followed(method, status, "/y");
            assert_eq!(followed, Ok(Some("https://a.example/y".to_owned())));
            assert_eq!(request.method, then, "{method} {status}");
            let keeps_body = then == method;
            assert_eq!(request.body_bytes().is_some(), keeps_body, "{method} {status}");
            assert_eq!(request.headers.contains("content-type"), keeps_body, "{method} {status}");
        }
        for status in [200, 300, 304, 305, 306] {
            assert_eq!(followed(Method::Get, status, "/y").1, Ok(None));
        }
    }

    #[test]
    fn credentials_stay_with_their_origin() {
        for (location, stay) in [
            ("/y", true),
            ("https://a.example:443/", true),
            ("https://A.EXAMPLE/", true),
            ("//b.example/", false),
            ("https://a.example:444/", false),
            ("https://www.a.example/", false),
            ("https://a.example.evil.example/", false),
        ] {
            let (request, followed) = followed(Method::Get, 302, location);
            assert!(followed.unwrap().is_some());
            assert_eq!(request.headers.contains("authorization"), stay, "{location}");
            assert_eq!(request.headers.contains("cookie"), stay, "{location}");
            assert!(request.headers.contains("x-own"), "{location}");
        }
    }

    #[test]
    fn what_leads_nowhere_good_is_not_followed() {
        for (location, error) in [
            ("http://a.example/", Redirect::Insecure),
            ("mailto:a@example", Redirect::Invalid),
            ("https://user@b.example/", Redirect::Invalid),
            ("https://", Redirect::Invalid),
        ] {
            assert_eq!(followed(Method::Get, 302, location).1, Err(Error::Redirect(error)), "{location}");
        }
        let from = Url::parse("https://a.example/x").unwrap();
        let mut allowed = request(Method::Get).allow_insecure_redirects();
        assert!(follow(&mut allowed, &from, 302, &to("http://a.example/")).unwrap().is_some());
        let mut once = request(Method::Put).body_chunks(["a", "b"]);
        let followed = follow(&mut once, &from, 307, &to("/y"));
        assert_eq!(followed.unwrap_err(), Error::Redirect(Redirect::BodyIsGone));
        let mut none = request(Method::Get).redirects(0);
        assert_eq!(follow(&mut none, &from, 302, &to("/y")), Ok(None));
    }
}
