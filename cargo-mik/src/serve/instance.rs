//! Instances as wasmtime's `ProxyHandler` wants them: how one is made, how long it lives, what it answers.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use wasmtime::component::GuestTaskId;
use wasmtime::{Store, StoreContextMut, UpdateDeadline};
use wasmtime_wasi_http::WasiHttpView;
use wasmtime_wasi_http::handler::{
    HandlerState, Instance, ProxyPre, ShouldAccept, WorkerExpiration, WorkerState, WorkerStatus,
};

use super::blame::Blame;
use super::component::Code;
use super::console::Console;
use super::engine::Machine;
use super::failure::{Bounds, Failure};
use super::guest::{Allowance, Grant, Guest};
use super::host::Host;
use super::ticket::{End, Slot, Ticket};

/// How many requests an instance answers before it is dropped. One: what a request leaves behind, no other sees.
const REQUESTS_PER_INSTANCE: usize = 1;

/// Makes instances of one version of a module.
pub(super) struct Instances {
    pre: ProxyPre<Guest>,
    /// As long as an instance may be made of it, or one is at work, it counts as there.
    _code: Arc<Code>,
    allowance: Allowance,
    machine: Arc<Machine>,
}

impl Instances {
    pub(super) fn new(host: &Host, module: &str, pre: ProxyPre<Guest>, code: Arc<Code>, grant: &Grant) -> Self {
        let allowance = Allowance::new(module, grant, host.console().clone());
        Self { pre, _code: code, allowance, machine: host.machine().clone() }
    }
}

/// An instance that could not be made within its memory limit.
#[derive(Debug, thiserror::Error)]
#[error("the instance needs more memory to start than it may have")]
pub(super) struct StartsTooLarge;

/// An instance that did not get ready in time.
#[derive(Debug, thiserror::Error)]
#[error("the instance was not ready in time")]
pub(super) struct StartsTooSlowly;

impl HandlerState for Instances {
    type StoreData = Guest;
    type WorkerExpiration = Lifetime;
    type WorkerState = Worker;

    async fn instantiate(&self) -> wasmtime::Result<Instance<Guest, Lifetime, Worker>> {
        let guest = self.allowance.guest();
        let slot = guest.slot.clone();
        let mut store = Store::new(&self.machine.engine, guest);
        store.limiter(|guest| &mut guest.limits);
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(|store| {
            store.data().slot.tick();
            Ok(UpdateDeadline::Yield(1))
        });

        // A component may run code of its own as it starts, for as long as it likes.
        let proxy = match tokio::time::timeout(self.allowance.bounds.time, self.pre.instantiate_async(&mut store)).await
        {
            Ok(Ok(proxy)) => proxy,
            Ok(Err(_)) if slot.memory_denied() => return Err(StartsTooLarge.into()),
            Ok(Err(error)) => {
                store.data().output.flush();
                return Err(error);
            }
            Err(_) => return Err(StartsTooSlowly.into()),
        };
        let expiration = Lifetime { slot: slot.clone(), watch: None };
        let state = Worker {
            slot,
            is_p3: matches!(self.pre, ProxyPre::P3(_)),
            console: self.allowance.console.clone(),
            module: self.allowance.module.clone(),
            bounds: self.allowance.bounds,
        };
        Ok(Instance { store, proxy, view: Guest::http, expiration, state })
    }
}

/// Ends an instance when its request's time is up or nobody waits for the answer any more.
pub(super) struct Lifetime {
    slot: Arc<Slot>,
    watch: Option<(Arc<Ticket>, Watch)>,
}

type Watch = Pin<Box<dyn Future<Output = ()> + Send + Sync>>;

impl WorkerExpiration for Lifetime {
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>, status: WorkerStatus, _start: Instant) -> Poll<()> {
        let this = self.get_mut();
        let Some(ticket) = this.slot.ticket() else { return Poll::Pending };
        let watch = match this.watch.take() {
            Some((watched, watch)) if Arc::ptr_eq(&watched, &ticket) => watch,
            _ => watch(ticket.clone()),
        };
        let (_, watch) = this.watch.insert((ticket, watch));
        match status {
            WorkerStatus::Idle | WorkerStatus::Requests | WorkerStatus::PostReturn => watch.as_mut().poll(cx),
        }
    }
}

fn watch(ticket: Arc<Ticket>) -> Watch {
    Box::pin(async move {
        tokio::select! {
            () = tokio::time::sleep_until(ticket.deadline) => {}
            () = ticket.gone.cancelled() => {}
        }
    })
}

/// What one instance does with requests.
pub(super) struct Worker {
    slot: Arc<Slot>,
    is_p3: bool,
    console: Console,
    module: Arc<str>,
    bounds: Bounds,
}

impl WorkerState for Worker {
    type StoreData = Guest;
    type RequestData = Arc<Ticket>;

    fn should_accept_request(&self, concurrent_count: usize, total_count: usize) -> ShouldAccept {
        match (concurrent_count, total_count) {
            (_, REQUESTS_PER_INSTANCE..) => ShouldAccept::Never,
            (0, _) => ShouldAccept::Yes,
            (_, _) => ShouldAccept::No,
        }
    }

    fn on_request_start(
        &self,
        _store: StoreContextMut<'_, Guest>,
        ticket: Arc<Ticket>,
        _task: GuestTaskId,
    ) -> Pin<Box<dyn Future<Output = ()> + Send + Sync>> {
        self.slot.fill(ticket);
        // The host itself keeps the deadline; `Lifetime` ends the instance.
        Box::pin(std::future::pending())
    }

    fn drop(&self, mut store: Store<Guest>, result: Result<(), wasmtime::Error>) {
        store.data().output.flush();
        let Some(ticket) = self.slot.ticket() else { return };
        let open = store.data_mut().has_open_body();
        // Before the store goes, and the body's sender with it: the body's end is judged by this.
        ticket.finish(match result {
            Ok(()) => End::Well { open },
            Err(error) => {
                let error = Arc::new(error);
                // Who stopped the instance because nobody waits any more needs no telling.
                if !ticket.gone.is_cancelled() {
                    let failure = Failure::of_end(&error, &ticket, self.bounds);
                    let (console, module) = (self.console.clone(), self.module.clone());
                    Blame { console, module, ticket: ticket.clone() }.tell(&failure);
                }
                // WASI 0.3 has streams for bodies: which of them were finished can't be told.
                End::Badly { error, open: open || self.is_p3 }
            }
        });
    }
}
