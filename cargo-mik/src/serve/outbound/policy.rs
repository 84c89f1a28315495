//! Whether a guest may send a request: by name first, then by each address that the name turns out to have. What is
//! refused is told to the developer once, with the line to add.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use super::address::special;
use super::error::ConnectError;
use crate::project::{Destination, OutboundSettings};
use crate::report::Event;
use crate::serve::console::Console;

/// How many destinations of one module are told of. A guest that tries more is looking for something.
const TOLD_MOST: usize = 20;

/// A module's policy, and what has been said of it.
pub(super) struct Policy {
    pub(super) settings: OutboundSettings,
    module: Arc<str>,
    console: Console,
    told: Mutex<BTreeSet<String>>,
}

impl Policy {
    pub(super) fn new(settings: OutboundSettings, module: Arc<str>, console: Console) -> Self {
        Self { settings, module, console, told: Mutex::default() }
    }

    /// Whether requests may go there, as far as the name tells.
    pub(super) fn allows(&self, destination: &Destination) -> bool {
        let allowed = self.settings.allows(destination);
        if !allowed {
            let entry = destination.authority();
            let place = self.place("server.http_allowed");
            self.tell(destination, || format!("may not send requests to `{destination}`: add \"{entry}\" to {place}"));
        }
        allowed
    }

    /// Those of a destination's addresses that may be connected to.
    pub(super) fn permit(
        &self,
        destination: &Destination,
        addresses: impl IntoIterator<Item = SocketAddr>,
    ) -> Result<Vec<SocketAddr>, ConnectError> {
        let mut refused = None;
        let mut permitted = Vec::new();
        for address in addresses {
            let ip = address.ip();
            match special(ip) {
                Some(what) if !self.settings.allow_private && !self.settings.lists_address(&destination.at(ip)) => {
                    refused = Some((ip, what));
                }
                Some(_) | None => permitted.push(address),
            }
        }
        match refused {
            Some((ip, what)) if permitted.is_empty() => {
                self.tell(destination, || {
                    let mut note = format!("may not send requests to `{destination}`: it ");
                    // Writing to a string does not fail.
                    let _ = match destination.address() {
                        Some(_) => write!(note, "is {what}"),
                        None => write!(note, "resolves to {ip}, {what}"),
                    };
                    let entry = destination.at(ip).authority();
                    let place = self.place("server.http_allowed");
                    let _ = write!(note, "; add \"{entry}\" to {place}, or set server.http_allow_private = true");
                    note
                });
                Err(ConnectError::Prohibited)
            }
            Some(_) | None => Ok(permitted),
        }
    }

    /// Tells of a server that nobody who is trusted has certified.
    pub(super) fn tell_of_certificate(&self, destination: &Destination, why: &str) {
        self.tell(destination, || {
            format!(
                "can't trust `{destination}`: {why}; if an authority of your own has certified it, name its certificate \
                 in server.http_ca_file"
            )
        });
    }

    fn place(&self, key: &str) -> String {
        format!("{key} in {}", self.settings.written_in)
    }

    fn tell(&self, destination: &Destination, note: impl FnOnce() -> String) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() > TOLD_MOST || !told.insert(destination.to_string()) {
            return;
        }
        let note =
            if told.len() > TOLD_MOST { "is refused more hosts; they are not told of".to_owned() } else { note() };
        self.console.emit(Event::Note(format!("`{}` {note}", self.module)));
    }
}
