//! Which HTTP methods a handler can be asked: those of `mik:core/handler`'s enum, and no others.

use crate::list::Text;

/// The names of the cases of `wasi:http`'s `method`, all but the last, which has its own.
const OFFERED: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];

/// For each of those the number of the case of `mik:core/handler`'s `method`, where it has one.
const UNDERSTOOD: [Option<u8>; 9] = [Some(0), Some(5), Some(1), Some(2), Some(4), None, Some(6), None, Some(3)];

/// What a wasi method is called: a host may spell out one that there is a case for.
pub(crate) fn name((case, other): (u8, Option<Text>)) -> Text {
    other.unwrap_or_else(|| OFFERED.get(usize::from(case)).copied().unwrap_or_default().into())
}

/// The number of the handler's case for a method. Methods are case-sensitive (RFC 9110 §9.1).
pub(crate) fn translate(name: &[u8]) -> Option<u8> {
    let case = OFFERED.iter().position(|offered| offered.as_bytes() == name)?;
    UNDERSTOOD.get(case).copied().flatten()
}

/// Whether the response to this method has no body, whatever else it has.
pub(crate) fn is_head(name: &[u8]) -> bool {
    name == b"HEAD"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bindings::mik::core::handler::Method as HandlerMethod;
    use crate::bindings::wasi::http::types::Method;

    #[test]
    fn every_case_has_the_name_that_the_bindings_give_it() {
        let offered = [
            Method::Get,
            Method::Head,
            Method::Post,
            Method::Put,
            Method::Delete,
            Method::Connect,
            Method::Options,
            Method::Trace,
            Method::Patch,
        ];
        for (case, method) in (0..).zip(offered) {
            let expected = format!("{method:?}").split("::").last().unwrap().to_uppercase();
            assert_eq!(*name((case, None)), *expected.as_bytes());
        }
        let understood = [
            HandlerMethod::Get,
            HandlerMethod::Post,
            HandlerMethod::Put,
            HandlerMethod::Patch,
            HandlerMethod::Delete,
            HandlerMethod::Head,
            HandlerMethod::Options,
        ];
        for method in understood {
            let name = format!("{method:?}").split("::").last().unwrap().to_uppercase();
            assert_eq!(translate(name.as_bytes()), Some(method as u8), "{name}");
        }
    }

    #[test]
    fn a_method_that_is_spelled_out_is_the_same() {
        for spelled in OFFERED {
            assert_eq!(*name((9, Some(spelled.into()))), *spelled.as_bytes());
            assert_eq!(is_head(spelled.as_bytes()), spelled == "HEAD");
        }
    }

    #[test]
    fn a_handler_has_no_word_for_others() {
        for name in ["CONNECT", "TRACE", "PROPFIND", "get", "", "GET "] {
            assert_eq!(translate(name.as_bytes()), None);
        }
    }
}
