//! Instances as wasmtime's `ProxyHandler` wants them: how one is made, how long it lives, what it answers.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, oneshot};
use tokio_util::sync::{CancellationToken, DropGuard};
use wasmtime::component::{Accessor, AccessorTask, GuestTaskId};
use wasmtime::{AsContextMut, Store, StoreContextMut, UpdateDeadline};
use wasmtime_wasi_http::WasiHttpView;
use wasmtime_wasi_http::handler::{
    HandlerState, Instance, ProxyHandler, ProxyPre, Request, Response, ShouldAccept, WorkerExpiration, WorkerState,
    WorkerStatus,
};

use super::blame::Blame;
use super::component::Code;
use super::console::Console;
use super::engine::Machine;
use super::failure::{Bounds, Failure};
use super::guest::{Allowance, Grant, Guest};
use super::host::Host;
use super::metrics::Metrics;
use super::output::Output;
use super::slot::Slot;
use super::ticket::{End, Ticket};

/// How long an instance is kept for another request when none comes.
const IDLE_LONGEST: Duration = Duration::from_secs(30);

/// Has one version of a module answer requests. When it goes, the instances that wait for another request go with it.
pub(super) struct Handler {
    proxy: ProxyHandler<Instances>,
    _retires: DropGuard,
}

impl Handler {
    pub(super) fn new(instances: Instances) -> Self {
        let retires = instances.retired.clone().drop_guard();
        Self { proxy: ProxyHandler::new(instances), _retires: retires }
    }

    pub(super) async fn handle(&self, ticket: Arc<Ticket>, request: Request) -> wasmtime::Result<Response> {
        self.proxy.handle(ticket, request).await
    }
}

/// Makes instances of one version of a module.
pub(super) struct Instances {
    pre: ProxyPre<Guest>,
    /// As long as an instance may be made of it, or one is at work, it counts as there.
    _code: Arc<Code>,
    allowance: Allowance,
    machine: Arc<Machine>,
    retired: CancellationToken,
    metrics: Arc<Metrics>,
}

impl Instances {
    pub(super) fn new(host: &Host, module: &str, pre: ProxyPre<Guest>, code: Arc<Code>, grant: &Grant) -> Self {
        let allowance = Allowance::new(module, grant, host.console().clone(), host.dashboard().is_some());
        let (machine, metrics) = (code.machine.clone(), host.metrics().clone());
        Self { pre, _code: code, allowance, machine, metrics, retired: CancellationToken::new() }
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
        let begin = Instant::now();
        let guest = self.allowance.guest();
        let slot = guest.slot.clone();
        let mut store = Store::new(&self.machine.engine, guest);
        store.limiter(|guest| &mut guest.limits);
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(|store| {
            let slot = store.data().slot.clone();
            slot.tick();
            // The runtime's own way to yield. One that merely wakes itself up again is run again before the runtime has
            // looked at its sockets: it looks once in 61 turns, and a busy guest's turn is a whole tick.
            Ok(UpdateDeadline::YieldCustom(
                1,
                Box::pin(async move {
                    slot.stopwatch.pause();
                    tokio::task::yield_now().await;
                    slot.stopwatch.resume();
                }),
            ))
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
        let made = Instant::now();
        self.metrics.instance_made(&self.allowance.module, made - begin);
        let output = store.data().output.clone();
        let expiration =
            Lifetime { slot: slot.clone(), output, retired: self.retired.clone(), watch: None, idle: None };
        let bounds = self.allowance.bounds;
        // What a request leaves behind, the next one may see: only those who have asked for it share an instance.
        let kept = if bounds.reuse > 1 { self.machine.kept.clone().try_acquire_owned().ok() } else { None };
        let state = Worker {
            slot,
            requests: if kept.is_some() { bounds.reuse } else { 1 },
            is_p3: matches!(self.pre, ProxyPre::P3(_)),
            console: self.allowance.console.clone(),
            module: self.allowance.module.clone(),
            bounds,
            retired: self.retired.clone(),
            made: Mutex::new(Some((begin, made))),
            _kept: kept,
        };
        Ok(Instance { store, proxy, view: Guest::http, expiration, state })
    }
}

/// Ends an instance when its request's time is up or nobody waits for the answer any more; and one without a request
/// when none comes, or when another version has taken its place.
pub(super) struct Lifetime {
    slot: Arc<Slot>,
    output: Arc<Output>,
    retired: CancellationToken,
    watch: Option<(Arc<Ticket>, Watch)>,
    /// Since when it has been idle.
    idle: Option<(Instant, Watch)>,
}

type Watch = Pin<Box<dyn Future<Output = ()> + Send + Sync>>;

impl WorkerExpiration for Lifetime {
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>, status: WorkerStatus, start: Instant) -> Poll<()> {
        if self.slot.stopwatch.pause() {
            cx.waker().wake_by_ref();
        }
        match status {
            WorkerStatus::Requests | WorkerStatus::PostReturn => self.get_mut().poll_request(cx),
            WorkerStatus::Idle => self.get_mut().poll_idle(cx, start),
        }
    }
}

impl Lifetime {
    fn poll_request(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(ticket) = self.slot.ticket() else { return Poll::Pending };
        let watch = match self.watch.take() {
            Some((watched, watch)) if Arc::ptr_eq(&watched, &ticket) => watch,
            _ => watch(ticket.clone()),
        };
        let (ticket, watch) = self.watch.insert((ticket, watch));
        let over = watch.as_mut().poll(cx);
        if over.is_ready() {
            ticket.stop();
        }
        over
    }

    fn poll_idle(&mut self, cx: &mut Context<'_>, start: Instant) -> Poll<()> {
        if let Some(ticket) = self.slot.release() {
            self.output.flush();
            self.slot.show(&ticket);
            ticket.finish(End::Well { open: false });
            // Whether another request is taken was asked before this one was over.
            cx.waker().wake_by_ref();
        }
        let idle = match self.idle.take() {
            Some((since, idle)) if since == start => idle,
            _ => idle(self.retired.clone()),
        };
        let (_, idle) = self.idle.insert((start, idle));
        idle.as_mut().poll(cx)
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

fn idle(retired: CancellationToken) -> Watch {
    Box::pin(async move {
        tokio::select! {
            () = tokio::time::sleep(IDLE_LONGEST) => {}
            () = retired.cancelled() => {}
        }
    })
}

/// What one instance does with requests.
pub(super) struct Worker {
    slot: Arc<Slot>,
    /// How many it may answer, one after the other.
    requests: usize,
    is_p3: bool,
    console: Console,
    module: Arc<str>,
    bounds: Bounds,
    retired: CancellationToken,
    /// From when to when it was made; nothing once it has had a request.
    made: Mutex<Option<(Instant, Instant)>>,
    _kept: Option<OwnedSemaphorePermit>,
}

impl WorkerState for Worker {
    type StoreData = Guest;
    type RequestData = Arc<Ticket>;

    fn should_accept_request(&self, concurrent_count: usize, total_count: usize) -> ShouldAccept {
        if total_count >= self.requests || self.slot.is_spent() || self.retired.is_cancelled() {
            ShouldAccept::Never
        } else if concurrent_count > 0 || self.slot.is_busy() {
            ShouldAccept::No
        } else {
            ShouldAccept::Yes
        }
    }

    fn on_request_start(
        &self,
        mut store: StoreContextMut<'_, Guest>,
        ticket: Arc<Ticket>,
        _task: GuestTaskId,
    ) -> Pin<Box<dyn Future<Output = ()> + Send + Sync>> {
        store.data().output.begin();
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner).take();
        ticket.begin(made.map(|(from, to)| to - from));
        // What WASI 0.3 has left open is not known before the instance is idle, and then there is nothing to be known.
        let inspected = self.requests > 1 && !self.is_p3;
        if let Some(trace) = ticket.trace() {
            trace.given(made);
        }
        self.slot.fill(ticket, inspected);
        self.slot.stopwatch.begin();
        let (returns, returned) = oneshot::channel();
        if inspected && store.as_context_mut().spawn(Inspection { returned, slot: self.slot.clone() }).is_err() {
            self.slot.seen(false);
        }
        Box::pin(async move {
            // Dropped when the guest has returned.
            let _returns: oneshot::Sender<()> = returns;
            // The host itself keeps the deadline; `Lifetime` ends the instance.
            std::future::pending().await
        })
    }

    fn drop(&self, mut store: Store<Guest>, result: Result<(), wasmtime::Error>) {
        store.data().output.flush();
        // The last request may have been over for a while.
        let Some(ticket) = self.slot.ticket().filter(|ticket| ticket.end().is_none()) else { return };
        self.slot.show(&ticket);
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

/// A look at what a request has left behind in its instance, once the guest has returned.
struct Inspection {
    returned: oneshot::Receiver<()>,
    slot: Arc<Slot>,
}

impl AccessorTask<Guest> for Inspection {
    async fn run(self, accessor: &Accessor<Guest>) -> wasmtime::Result<()> {
        // Nothing is sent: the sender goes.
        drop(self.returned.await);
        let fit = accessor.with(|mut access| access.data_mut().is_fit());
        self.slot.seen(fit);
        Ok(())
    }
}
