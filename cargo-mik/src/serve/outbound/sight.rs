//! What the dashboard shows of a request that a guest sends: whether it may, by what, and what came of it.

use std::sync::Arc;

use http::{Request, StatusCode};
use wasmtime_wasi_http::Error;

use super::policy::Policy;
use crate::project::Destination;
use crate::serve::dashboard::CallTrace;
use crate::serve::ticket::Ticket;

/// A request that is under way, where somebody looks.
pub(super) struct Sight(CallTrace);

impl Sight {
    /// A request is about to be sent, or denied. Gives nothing where nobody looks, or there have been too many.
    pub(super) fn begin<B>(
        ticket: Arc<Ticket>,
        request: &Request<B>,
        destination: &Result<Destination, Error>,
        policy: &Policy,
    ) -> Option<Self> {
        let trace = ticket.trace()?;
        let verdict = match destination {
            Ok(destination) => match policy.settings.rule_for(destination) {
                Some(rule) => Ok(format!("by \"{rule}\" of server.http_allowed")),
                None => Ok("by server.http_allowed".to_owned()),
            },
            Err(Error::HttpRequestDenied) => {
                Err(format!("no entry of server.http_allowed in {} is for it", policy.settings.written_in))
            }
            Err(Error::HttpRequestMethodInvalid) => Err("tunnels are for nobody".to_owned()),
            Err(Error::HttpProtocolError) => Err("only `http` and `https` may be asked".to_owned()),
            Err(_) => Err("it names no host that can be asked".to_owned()),
        };
        let number = trace.call(request, verdict)?;
        Some(Self(CallTrace { ticket, number }))
    }

    /// What came of it.
    pub(super) fn end(self, outcome: Result<StatusCode, &Error>) {
        let denied = match outcome {
            Err(Error::DestinationIpProhibited) => Some(
                "its address is not the internet's, and neither an entry of server.http_allowed nor server.http_allow_private allows it",
            ),
            Ok(_) | Err(_) => None,
        };
        self.0.over(outcome.map_err(|error| format!("{error:?}")), denied);
    }
}
