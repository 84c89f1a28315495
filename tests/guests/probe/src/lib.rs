//! A guest that misbehaves on demand: the path says how. `ROUTES` is the list.

mod misbehaviour;
mod outbound;
mod wire;

wit_bindgen::generate!({
    path: [
        "../../../wit/deps/io",
        "../../../wit/deps/clocks",
        "../../../wit/deps/random",
        "../../../wit/deps/filesystem",
        "../../../wit/deps/sockets",
        "../../../wit/deps/cli",
        "../../../wit/deps/http",
    ],
    world: "wasi:http/proxy",
    generate_all,
});

use exports::wasi::http::incoming_handler::Guest;
use wasi::http::types::{IncomingRequest, ResponseOutparam};

use wire::Call;

/// What a route does with its request.
type Handler = fn(Call);

/// Every route. What comes after the route's own segment is its argument: `/body/1024`.
const ROUTES: &[(&str, Handler)] = &[
    // Well-behaved.
    ("ok", misbehaviour::ok),
    ("seen", misbehaviour::seen),
    ("echo", misbehaviour::echo),
    ("count", misbehaviour::count),
    ("body", misbehaviour::body),
    ("drip", misbehaviour::drip),
    ("sleep", misbehaviour::sleep),
    ("spin", misbehaviour::spin),
    ("print", misbehaviour::print),
    ("env", misbehaviour::env),
    ("file", misbehaviour::file),
    ("outbound", outbound::outbound),
    ("relay", outbound::relay),
    ("nth", misbehaviour::nth),
    ("identity", misbehaviour::identity),
    ("print-unfinished", misbehaviour::print_unfinished),
    // Not.
    ("loop", misbehaviour::endless),
    ("trap", misbehaviour::trap),
    ("trap-after-head", misbehaviour::trap_after_head),
    ("trap-in-body", misbehaviour::trap_in_body),
    ("trap-after-body", misbehaviour::trap_after_body),
    ("loop-in-body", misbehaviour::loop_in_body),
    ("loop-after-body", misbehaviour::loop_after_body),
    ("never-set", misbehaviour::never_set),
    ("error", misbehaviour::error),
    ("status", misbehaviour::status),
    ("header", misbehaviour::header),
    ("headers", misbehaviour::headers),
    ("length", misbehaviour::length),
    ("too-long", misbehaviour::too_long),
    ("unfinished", misbehaviour::unfinished),
    ("memory", misbehaviour::memory),
    ("greedy", misbehaviour::greedy),
    ("leak", misbehaviour::leak),
    ("resources", misbehaviour::resources),
    ("recurse", misbehaviour::recurse),
    ("flood", misbehaviour::flood),
    ("work-after", misbehaviour::work_after),
];

struct Probe;

impl Guest for Probe {
    fn handle(request: IncomingRequest, outparam: ResponseOutparam) {
        let call = Call::new(request, outparam);
        match ROUTES.iter().find(|(name, _)| *name == call.route()) {
            Some((_, handler)) => handler(call),
            None => call.answer(404, &[], b"no such route"),
        }
    }
}

export!(Probe);
