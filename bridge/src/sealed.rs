//! The two host calls whose results or arguments carry `wasi:http`'s `error-code`, called by hand.
//!
//! That type has 39 cases, many with text. The generated code for it would be an eighth of the component, to build a
//! value that the bridge never sends and to read one that it can do nothing about.

use crate::bindings::wasi::http::types::{OutgoingBody, OutgoingResponse, ResponseOutparam};

/// `response-outparam.set` with `ok(response)`.
pub(crate) fn set(outparam: ResponseOutparam, response: OutgoingResponse) {
    // SAFETY: the signature is the canonical ABI's for `set(own, result<own, error-code>)`: the parameter, the result's
    // case (0 is `ok`), its payload, and what `error-code`'s cases would have put into the rest. Both handles are
    // given away, as the callee takes them.
    unsafe { raw::set(outparam.take_handle(), 0, response.take_handle(), 0, 0, 0, 0, 0, 0) }
}

/// `outgoing-body.finish` without trailers. What the host thinks of it changes nothing: the body has been written.
pub(crate) fn finish(outgoing_body: OutgoingBody) {
    let mut result = ResultArea([0; 40]);
    // SAFETY: the signature is the canonical ABI's for `finish(own, option<own>) -> result<_, error-code>`: the body,
    // given away; the option's case (0 is `none`) and payload; and where to put a result, of which the size and
    // alignment are `ResultArea`'s. Text in it is left in the arena, until the next request clears that.
    unsafe { raw::finish(outgoing_body.take_handle(), 0, 0, (&raw mut result).cast()) }
}

/// Room for a `result<_, error-code>`. The case takes 1 byte and is aligned to 8; so does, then, that of `error-code`;
/// its largest payload is an `option<field-size-payload>`, of 24 bytes.
#[repr(C, align(8))]
struct ResultArea([u8; 40]);

#[cfg(target_arch = "wasm32")]
mod raw {
    #[link(wasm_import_module = "wasi:http/types@0.2.0")]
    unsafe extern "C" {
        #[link_name = "[static]response-outparam.set"]
        pub(super) fn set(
            outparam: u32,
            result: u32,
            response_or_code: u32,
            _: u32,
            _: u64,
            _: u32,
            _: u32,
            _: u32,
            _: u32,
        );

        #[link_name = "[static]outgoing-body.finish"]
        pub(super) fn finish(outgoing_body: u32, option: u32, trailers: u32, result: *mut u8);
    }
}

/// Off wasm there is no host to call; the unit tests never get here.
#[cfg(not(target_arch = "wasm32"))]
#[allow(clippy::too_many_arguments, clippy::unreachable, reason = "the shape of the real ones")]
mod raw {
    pub(super) unsafe fn set(_: u32, _: u32, _: u32, _: u32, _: u64, _: u32, _: u32, _: u32, _: u32) {
        unreachable!()
    }

    pub(super) unsafe fn finish(_: u32, _: u32, _: u32, _: *mut u8) {
        unreachable!()
    }
}
