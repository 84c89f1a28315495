//! Status codes as numbers, for `error!`, `guard!` and `ensure!`. [`StatusCode`](crate::StatusCode) has every one.
//!
//! ```
//! use mik_sdk::prelude::*;
//!
//! assert_eq!(error! { status: status::GONE }.status(), StatusCode::GONE);
//! ```

use crate::text::{look_up, push_number};

/// What each code is called, in the order of the codes. `http` says the same by a table of branches, which takes more than the
/// words do.
const PHRASES: &str = "\
100=Continue\n\
101=Switching Protocols\n\
102=Processing\n\
103=Early Hints\n\
200=OK\n\
201=Created\n\
202=Accepted\n\
203=Non Authoritative Information\n\
204=No Content\n\
205=Reset Content\n\
206=Partial Content\n\
207=Multi-Status\n\
208=Already Reported\n\
226=IM Used\n\
300=Multiple Choices\n\
301=Moved Permanently\n\
302=Found\n\
303=See Other\n\
304=Not Modified\n\
305=Use Proxy\n\
307=Temporary Redirect\n\
308=Permanent Redirect\n\
400=Bad Request\n\
401=Unauthorized\n\
402=Payment Required\n\
403=Forbidden\n\
404=Not Found\n\
405=Method Not Allowed\n\
406=Not Acceptable\n\
407=Proxy Authentication Required\n\
408=Request Timeout\n\
409=Conflict\n\
410=Gone\n\
411=Length Required\n\
412=Precondition Failed\n\
413=Payload Too Large\n\
414=URI Too Long\n\
415=Unsupported Media Type\n\
416=Range Not Satisfiable\n\
417=Expectation Failed\n\
418=I'm a teapot\n\
421=Misdirected Request\n\
422=Unprocessable Entity\n\
423=Locked\n\
424=Failed Dependency\n\
425=Too Early\n\
426=Upgrade Required\n\
428=Precondition Required\n\
429=Too Many Requests\n\
431=Request Header Fields Too Large\n\
451=Unavailable For Legal Reasons\n\
500=Internal Server Error\n\
501=Not Implemented\n\
502=Bad Gateway\n\
503=Service Unavailable\n\
504=Gateway Timeout\n\
505=HTTP Version Not Supported\n\
506=Variant Also Negotiates\n\
507=Insufficient Storage\n\
508=Loop Detected\n\
510=Not Extended\n\
511=Network Authentication Required\n\
";

/// The reason phrase of a code: `Not Found` of 404.
pub(crate) fn phrase(code: u16) -> Option<&'static str> {
    let mut digits = String::new();
    push_number(&mut digits, code.into());
    look_up(PHRASES, &digits)
}

macro_rules! codes {
    ($($name:ident = $code:literal;)*) => {$(
        #[doc = concat!("`", stringify!($code), "`")]
        pub const $name: u16 = $code;
    )*

    #[cfg(test)]
    #[test]
    fn every_name_is_that_of_its_code() {
        $(assert_eq!(crate::StatusCode::$name.as_u16(), $name);)*
    }};
}

codes! {
    OK = 200;
    CREATED = 201;
    ACCEPTED = 202;
    NO_CONTENT = 204;
    MOVED_PERMANENTLY = 301;
    FOUND = 302;
    SEE_OTHER = 303;
    NOT_MODIFIED = 304;
    TEMPORARY_REDIRECT = 307;
    PERMANENT_REDIRECT = 308;
    BAD_REQUEST = 400;
    UNAUTHORIZED = 401;
    PAYMENT_REQUIRED = 402;
    FORBIDDEN = 403;
    NOT_FOUND = 404;
    METHOD_NOT_ALLOWED = 405;
    NOT_ACCEPTABLE = 406;
    CONFLICT = 409;
    GONE = 410;
    PRECONDITION_FAILED = 412;
    PAYLOAD_TOO_LARGE = 413;
    UNSUPPORTED_MEDIA_TYPE = 415;
    UNPROCESSABLE_ENTITY = 422;
    TOO_MANY_REQUESTS = 429;
    INTERNAL_SERVER_ERROR = 500;
    NOT_IMPLEMENTED = 501;
    BAD_GATEWAY = 502;
    SERVICE_UNAVAILABLE = 503;
    GATEWAY_TIMEOUT = 504;
}

#[cfg(test)]
#[test]
fn every_phrase_is_what_http_calls_its_code() {
    for code in 100..1000 {
        assert_eq!(phrase(code), crate::StatusCode::from_u16(code).unwrap().canonical_reason(), "{code}");
    }
}
