//! Everything a handler names: `use mik_sdk::prelude::*;`.

#[cfg(feature = "multipart")]
#[doc(no_inline)]
pub use crate::Multipart;
#[cfg(feature = "signed-cookies")]
#[doc(no_inline)]
pub use crate::SigningKey;
#[cfg(not(feature = "multipart"))]
#[doc(hidden)]
#[allow(deprecated, reason = "it says which feature it is in")]
pub use crate::features::Multipart;
#[cfg(not(feature = "signed-cookies"))]
#[doc(hidden)]
#[allow(deprecated, reason = "it says which feature it is in")]
pub use crate::features::SigningKey;
#[cfg(not(feature = "http-client"))]
#[doc(hidden)]
pub use crate::fetch;
#[doc(no_inline)]
pub use crate::{
    Attachment, Basic, Bearer, Bytes, Cookie, Cookies, Cors, Created, Extension, Form, FromRequest, Header, Headers,
    Html, IntoResponse, Json, Method, Path, Problem, Query, Redirect, Rejection, Request, Response, SameSite,
    StatusCode, Text, Type, Uri, Uuid, accepted, bad_request, conflict, created, ensure, env, error, forbidden, guard,
    ids, json, log, no_content, not_found, ok, random, redirect, routes, status, testing, time, too_many_requests,
    unauthorized, unprocessable,
};
#[cfg(feature = "http-client")]
#[doc(no_inline)]
pub use crate::{fetch, http_client};
#[cfg(feature = "sql")]
#[doc(no_inline)]
pub use crate::{query, sql_create, sql_delete, sql_read, sql_update};

#[doc(no_inline)]
pub use crate::time::Timestamp;

// Traits that a handler calls the methods of, and does not name.
#[doc(no_inline)]
pub use crate::json::{ToJson as _, ValueBuilder as _, ValueReader as _};

#[doc(hidden)]
pub use crate::earlier::*;
