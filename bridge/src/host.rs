//! The calls whose arguments or results are lists, or carry `wasi:http`'s `error-code`, made by hand.
//!
//! The code that is generated for these makes vectors of what the canonical ABI has put into memory, gives each back when
//! it is done with it, and writes lists anew for the next call. That was most of the component. Here they stay where
//! they are: see [`list`](crate::list). `error-code` has 39 cases; of these the bridge sends none, and can do nothing
//! about those that it is given.
//!
//! Each function names the signature in the WIT. Its parameters are flattened, and its result is written where the last
//! parameter points, as `CanonicalABI.md` says ("flattening", "despecialization", "alignment" and "element size").

use core::mem::{ManuallyDrop, MaybeUninit};

use crate::bindings::wasi::http::types::{Fields, IncomingRequest, OutgoingBody, OutgoingResponse, ResponseOutparam};
use crate::bindings::wasi::io::error::Error;
use crate::bindings::wasi::io::streams::InputStream;
use crate::list::{Field, List, Text};

/// What a handler is asked: `request-data`.
pub(crate) struct Request {
    /// The number of its case in `mik:core/handler`'s `method`.
    pub(crate) method: u8,
    /// The path with its query.
    pub(crate) path: Text,
    /// The headers in their order.
    pub(crate) headers: List<Field>,
    /// Nothing where there are no bytes.
    pub(crate) body: Option<Text>,
}

/// What a handler answers: `response`.
#[repr(C)]
pub(crate) struct Response {
    status: u16,
    headers: List<Field>,
    body: Maybe<Text>,
}

impl Response {
    /// Status, headers and body.
    pub(crate) fn into_parts(self) -> (u16, List<Field>, Option<Text>) {
        (self.status, self.headers, self.body.of_case(1))
    }
}

/// `option<T>`, or a variant of which one case has a value: the number of the case, then the value, aligned as it has to be.
#[repr(C)]
struct Maybe<T> {
    case: u8,
    value: MaybeUninit<T>,
}

impl<T: Copy> Maybe<T> {
    /// The value, where this is that case. No other may have one.
    fn of_case(&self, case: u8) -> Option<T> {
        // SAFETY: for the one case that has a value the canonical ABI has written it.
        (self.case == case).then(|| unsafe { self.value.assume_init() })
    }
}

/// `handle: func(req: request-data) -> response`
pub(crate) fn handle(request: &Request) -> Response {
    let (path, path_length) = request.path.raw();
    let (headers, header_count) = request.headers.raw();
    let (body, body_length) = request.body.unwrap_or(List::EMPTY).raw();
    let (method, has_body) = (request.method.into(), request.body.is_some().into());
    // SAFETY: the parameters are the fields of `request-data` in their order, and `Response` is laid out as `response` is.
    unsafe {
        result(|at| raw::handle(method, path, path_length, headers, header_count, has_body, body, body_length, at))
    }
}

/// `get-environment: func() -> list<tuple<string, string>>`
pub(crate) fn environment() -> List<Field> {
    // SAFETY: `List` is laid out as a list is, and `Field` as that tuple.
    unsafe { result(|at| raw::environment(at)) }
}

/// `entries: func() -> list<tuple<field-key, field-value>>`
pub(crate) fn entries(fields: &Fields) -> List<Field> {
    // SAFETY: as in `environment`; the handle is borrowed.
    unsafe { result(|at| raw::entries(fields.handle(), at)) }
}

/// `append: func(name: field-key, value: field-value) -> result<_, header-error>`, and whether the host took it.
pub(crate) fn append(fields: &Fields, field: &Field) -> bool {
    let ((name, name_length), (value, value_length)) = (field.name.raw(), field.value.raw());
    // SAFETY: both lists are only read. The result is the number of its case, and then that of the error's.
    let [case, _] = unsafe {
        result::<[MaybeUninit<u8>; 2]>(|at| raw::append(fields.handle(), name, name_length, value, value_length, at))
    };
    // SAFETY: every result has a case; 0 is `ok`.
    unsafe { case.assume_init() == 0 }
}

/// `method: func() -> method`: the number of its case, and the name that `other` comes with.
pub(crate) fn method(request: &IncomingRequest) -> (u8, Option<Text>) {
    /// The number of the last case.
    const OTHER: u8 = 9;
    // SAFETY: a variant is laid out as an option of the largest that a case has, which is the string of the last one.
    let method: Maybe<Text> = unsafe { result(|at| raw::method(request.handle(), at)) };
    (method.case, method.of_case(OTHER))
}

/// `path-with-query: func() -> option<string>`
pub(crate) fn path_with_query(request: &IncomingRequest) -> Option<Text> {
    // SAFETY: the handle is borrowed, and `Maybe` is laid out as `option` is.
    let path: Maybe<Text> = unsafe { result(|at| raw::path_with_query(request.handle(), at)) };
    path.of_case(1)
}

/// `authority: func() -> option<string>`
pub(crate) fn authority(request: &IncomingRequest) -> Option<Text> {
    // SAFETY: as in `path_with_query`.
    let authority: Maybe<Text> = unsafe { result(|at| raw::authority(request.handle(), at)) };
    authority.of_case(1)
}

/// What a stream gives when it is asked for bytes.
pub(crate) enum Read {
    /// So many bytes, or none yet.
    Chunk(Text),
    /// There are no more.
    End,
    /// There are more, and they can't be had.
    Failed,
}

/// `blocking-read: func(len: u64) -> result<list<u8>, stream-error>`
pub(crate) fn blocking_read(stream: &InputStream, most: u64) -> Read {
    #[repr(C)]
    struct Outcome {
        case: u8,
        payload: Payload,
    }
    #[repr(C)]
    union Payload {
        chunk: Text,
        error: ManuallyDrop<Maybe<u32>>,
    }
    // SAFETY: `Outcome` is laid out as that result is, and `Maybe<u32>` as `stream-error`, of which the first case, number
    // 0, has the handle of an `error`. It is the bridge's, and dropped.
    unsafe {
        let Outcome { case, payload } = result(|at: *mut Outcome| raw::blocking_read(stream.handle(), most, at.cast()));
        if case == 0 {
            return Read::Chunk(payload.chunk);
        }
        match payload.error.of_case(0) {
            Some(error) => {
                drop(Error::from_handle(error));
                Read::Failed
            }
            None => Read::End,
        }
    }
}

/// `set: static func(param: response-outparam, response: result<outgoing-response, error-code>)` with `ok(response)`.
pub(crate) fn set(outparam: ResponseOutparam, response: OutgoingResponse) {
    // SAFETY: the parameter, the result's case (0 is `ok`), its payload, and what `error-code`'s cases would have put into
    // the rest. Both handles are given away, as the callee takes them.
    unsafe { raw::set(outparam.take_handle(), 0, response.take_handle(), 0, 0, 0, 0, 0, 0) }
}

/// `finish: static func(this: outgoing-body, trailers: option<trailers>) -> result<_, error-code>` without trailers. What
/// the host thinks of it changes nothing: the body has been written.
pub(crate) fn finish(outgoing_body: OutgoingBody) {
    let mut area = ResultArea([0; 40]);
    // SAFETY: the body, given away; the option's case (0 is `none`) and payload; and where to put a result, of which the
    // size and alignment are `ResultArea`'s. Text in it is left in the arena, until the next request clears that.
    unsafe { raw::finish(outgoing_body.take_handle(), 0, 0, (&raw mut area).cast()) }
}

/// Room for a `result<_, error-code>`. The case takes 1 byte and is aligned to 8; so does, then, that of `error-code`;
/// its largest payload is an `option<field-size-payload>`, of 24 bytes.
#[repr(C, align(8))]
struct ResultArea([u8; 40]);

/// What `call` writes where it is told to.
///
/// # Safety
///
/// It has to write all of a `T`, but for what may be uninitialized.
unsafe fn result<T>(call: impl FnOnce(*mut T)) -> T {
    let mut area = MaybeUninit::uninit();
    call(area.as_mut_ptr());
    // SAFETY: the caller's promise.
    unsafe { area.assume_init() }
}

/// Declares what is imported. Off wasm there is no host to call; the unit tests never get here.
macro_rules! imports {
    ($($module:literal { $($link:literal $name:ident($($parameter:ident: $type:ty),* $(,)?);)* })*) => {
        #[cfg(target_arch = "wasm32")]
        mod raw {
            use super::*;
            $(
                #[link(wasm_import_module = $module)]
                unsafe extern "C" {
                    $(
                        #[link_name = $link]
                        pub(super) fn $name($($parameter: $type),*);
                    )*
                }
            )*
        }

        #[cfg(not(target_arch = "wasm32"))]
        #[allow(clippy::too_many_arguments, clippy::unreachable, reason = "the shape of the real ones")]
        mod raw {
            use super::*;
            $($(
                pub(super) unsafe fn $name($(_: $type),*) {
                    unreachable!()
                }
            )*)*
        }
    };
}

imports! {
    "mik:core/handler@0.1.0" {
        "handle" handle(
            method: u32,
            path: *const u8,
            path_length: usize,
            headers: *const Field,
            header_count: usize,
            has_body: u32,
            body: *const u8,
            body_length: usize,
            result: *mut Response,
        );
    }
    "wasi:cli/environment@0.2.0" {
        "get-environment" environment(result: *mut List<Field>);
    }
    "wasi:io/streams@0.2.0" {
        "[method]input-stream.blocking-read" blocking_read(stream: u32, most: u64, result: *mut u8);
    }
    "wasi:http/types@0.2.0" {
        "[method]fields.entries" entries(fields: u32, result: *mut List<Field>);
        "[method]fields.append" append(
            fields: u32,
            name: *const u8,
            name_length: usize,
            value: *const u8,
            value_length: usize,
            result: *mut [MaybeUninit<u8>; 2],
        );
        "[method]incoming-request.method" method(request: u32, result: *mut Maybe<Text>);
        "[method]incoming-request.path-with-query" path_with_query(request: u32, result: *mut Maybe<Text>);
        "[method]incoming-request.authority" authority(request: u32, result: *mut Maybe<Text>);
        "[static]response-outparam.set" set(
            outparam: u32,
            result: u32,
            response_or_code: u32,
            code1: u32,
            code2: u64,
            code3: u32,
            code4: u32,
            code5: u32,
            code6: u32,
        );
        "[static]outgoing-body.finish" finish(outgoing_body: u32, option: u32, trailers: u32, result: *mut u8);
    }
}
