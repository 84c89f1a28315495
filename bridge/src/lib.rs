//! The bridge: exports `wasi:http/incoming-handler`, imports `mik:core/handler`, and translates between the two.
//!
//! ```text
//! wasi request ─▶ request ─▶ handler ─▶ response ─▶ wasi response
//!                    │                      │
//!                    └─────▶ failure ◀──────┘      every failure is an RFC 9457 problem
//! ```
//!
//! Two rules hold everywhere. Nothing that arrives from a client, a handler or the environment makes the bridge trap:
//! it becomes a [`failure::Failure`]. And a handler only ever sees a whole request: what was cut off is refused.
//!
//! `request` and `response` call the host, by way of `host` where there is text in it; `body_limit`, `content_length`,
//! `failure`, `field`, `framing`, `list`, `method` and `arena` are plain logic and are tested on the machine that builds.
//!
//! Text is bytes here. It is UTF-8 where the WIT says `string`, since the component model sees to that, and the only text
//! that the bridge turns into a `string` itself, a header's value, is checked in `request`. So headers pass through in
//! the list in which they came.

#![cfg_attr(not(test), no_std)]

extern crate alloc;

mod arena;
mod body_limit;
mod content_length;
mod failure;
mod field;
mod framing;
mod host;
mod list;
mod method;
mod request;
mod response;
mod utf8;

use crate::bindings::exports::wasi::http::incoming_handler::Guest;
use crate::bindings::wasi::http::types::{IncomingRequest, ResponseOutparam};
use crate::response::Answer;

#[allow(missing_docs, reason = "generated from the WIT, which documents itself")]
#[allow(clippy::all, clippy::restriction, reason = "generated")]
mod bindings {
    wit_bindgen::generate!({
        path: "../wit",
        inline: "
            package mik:bridge@0.1.0;

            world bridge {
                import mik:core/handler@0.1.0;
                import wasi:cli/environment@0.2.0;
                export wasi:http/incoming-handler@0.2.0;
            }
        ",
        world: "mik:bridge/bridge",
        generate_all,
    });
}

struct Bridge;

impl Guest for Bridge {
    fn handle(request: IncomingRequest, outparam: ResponseOutparam) {
        // SAFETY: both arguments are handles, which are not in the arena; and of the request before this one nothing
        // is left, since there is no state outside of this function.
        unsafe { arena::clear() };

        let method = method::name(host::method(&request));
        let is_head = method::is_head(&method);
        let answer = match request::receive(request, method) {
            Ok(request_data) => Answer::from(host::handle(&request_data)),
            Err(failure) => Answer::from(failure),
        };
        response::send(outparam, answer, is_head);
    }
}

bindings::export!(Bridge with_types_in bindings);

/// There is nobody to read a message, and the text would be most of the component.
#[cfg(not(test))]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    #[cfg(target_arch = "wasm32")]
    core::arch::wasm32::unreachable();
    #[cfg(not(target_arch = "wasm32"))]
    loop {}
}
