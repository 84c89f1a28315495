//! What the macros expand to. Not for people: it changes without notice.

pub use mik_sdk_macros::{json_response, problem_response};
pub use serde;

pub use crate::early::{EarlyAnswer, Present};
pub use crate::handler::run;
pub use crate::json::{Writer, to_list, to_object, to_value};
pub use crate::layers::{Attached, Before, Group, Groups, after, answer_in_groups, before};
pub use crate::routing::{Endpoint, Route, Segment, answer, between_escaped, is_escaped};
pub use crate::text::{Text, TextByDisplay, TextByReference};

#[cfg(target_arch = "wasm32")]
pub use crate::component;
pub use wit_bindgen;

use std::borrow::Cow;
use std::fmt;

use http::StatusCode;

/// A status as `error!` is given it.
pub trait IntoStatus {
    fn into_status(self) -> StatusCode;
}

impl IntoStatus for StatusCode {
    fn into_status(self) -> StatusCode {
        self
    }
}

impl IntoStatus for u16 {
    fn into_status(self) -> StatusCode {
        StatusCode::from_u16(self).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

pub fn status(status: impl IntoStatus) -> StatusCode {
    status.into_status()
}

/// Formats, unless there is nothing to format.
pub fn text(arguments: fmt::Arguments<'_>) -> Cow<'static, str> {
    match arguments.as_str() {
        Some(text) => Cow::Borrowed(text),
        None => Cow::Owned(arguments.to_string()),
    }
}
