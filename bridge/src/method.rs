//! Which HTTP methods a handler can be asked: those of `mik:core/handler`'s enum, and no others.

use crate::Text;
use crate::bindings::mik::core::handler::Method as HandlerMethod;
use crate::bindings::wasi::http::types::Method;

/// The handler's method for a wasi method, or the name of one that it has no word for.
pub(crate) fn translate(method: Method) -> Result<HandlerMethod, Text> {
    match method {
        Method::Get => Ok(HandlerMethod::Get),
        Method::Head => Ok(HandlerMethod::Head),
        Method::Post => Ok(HandlerMethod::Post),
        Method::Put => Ok(HandlerMethod::Put),
        Method::Delete => Ok(HandlerMethod::Delete),
        Method::Options => Ok(HandlerMethod::Options),
        Method::Patch => Ok(HandlerMethod::Patch),
        Method::Connect => Err(b"CONNECT".into()),
        Method::Trace => Err(b"TRACE".into()),
        Method::Other(name) => spelled(&name).ok_or(name),
    }
}

/// Whether the response to this method has no body, whatever else it has.
pub(crate) fn is_head(method: &Method) -> bool {
    match method {
        Method::Head => true,
        Method::Other(name) => name == b"HEAD",
        _ => false,
    }
}

/// A host may spell a method out that wasi:http has a case for. Methods are case-sensitive (RFC 9110 §9.1).
fn spelled(name: &[u8]) -> Option<HandlerMethod> {
    Some(match name {
        b"GET" => HandlerMethod::Get,
        b"HEAD" => HandlerMethod::Head,
        b"POST" => HandlerMethod::Post,
        b"PUT" => HandlerMethod::Put,
        b"DELETE" => HandlerMethod::Delete,
        b"OPTIONS" => HandlerMethod::Options,
        b"PATCH" => HandlerMethod::Patch,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_of_the_enum_has_both_forms() {
        let forms = [
            (Method::Get, "GET"),
            (Method::Head, "HEAD"),
            (Method::Post, "POST"),
            (Method::Put, "PUT"),
            (Method::Delete, "DELETE"),
            (Method::Options, "OPTIONS"),
            (Method::Patch, "PATCH"),
        ];
        for (method, name) in forms {
            let spelled = Method::Other(name.into());
            assert_eq!(is_head(&method), name == "HEAD");
            assert_eq!(is_head(&spelled), name == "HEAD");
            let translated = translate(method);
            assert!(translated.is_ok());
            assert_eq!(translated, translate(spelled), "{name}");
        }
    }

    #[test]
    fn other_methods_are_given_back_by_name() {
        assert_eq!(translate(Method::Connect), Err("CONNECT".into()));
        assert_eq!(translate(Method::Trace), Err("TRACE".into()));
        for name in ["PROPFIND", "get", "", "GET "] {
            assert_eq!(translate(Method::Other(name.into())), Err(name.into()));
        }
    }
}
