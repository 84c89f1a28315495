//! What an instance is given: clocks, random, its environment table, its own output, and nothing else of the host.

use std::sync::Arc;

use wasmtime::component::ResourceTable;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::p2::body::{HostIncomingBody, HostOutgoingBody};
use wasmtime_wasi_http::p2::types::HostIncomingRequest;
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use super::console::Console;
use super::failure::Bounds;
use super::limit::Limits;
use super::outbound::{Outbound, Outlet};
use super::output::Output;
use super::slot::Slot;
use crate::project::GuestSettings;
use crate::report::GuestStream;

/// The environment variable that tells the bridge the body limit, so that both draw the same line.
const MAX_BODY_SIZE: &str = "MIK_MAX_BODY_SIZE";

/// The most random bytes that a guest may ask for at once: the host makes them before it hands them over.
const RANDOM_MOST: u64 = 1 << 20;
/// The most resources (streams, headers, bodies) that a guest may hold at once.
const RESOURCES_MOST: usize = 2_000;
/// The most that it may still hold when a request is over, to be given another. It may keep some for good: its standard
/// streams, say.
const RESOURCES_KEPT: usize = 100;

/// The data of an instance's store.
pub(super) struct Guest {
    wasi: WasiCtx,
    http: WasiHttpCtx,
    table: ResourceTable,
    outbound: Outbound,
    pub(super) limits: Limits,
    pub(super) output: Arc<Output>,
    pub(super) slot: Arc<Slot>,
}

/// What a module is granted: its own variables, and its share of the machine.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Grant {
    pub(super) guest: GuestSettings,
    pub(super) bounds: Bounds,
}

/// What every instance of a module is given.
pub(super) struct Allowance {
    pub(super) module: Arc<str>,
    env: Vec<(String, String)>,
    pub(super) bounds: Bounds,
    pub(super) console: Console,
    outlet: Arc<Outlet>,
    /// Whether somebody looks at what requests take.
    is_timed: bool,
}

impl Allowance {
    pub(super) fn new(module: &str, Grant { guest, bounds }: &Grant, console: Console, is_timed: bool) -> Self {
        let own = guest.environment.iter().filter(|(name, _)| *name != MAX_BODY_SIZE);
        let mut env: Vec<_> = own.map(|(name, value)| (name.clone(), value.clone())).collect();
        env.push((MAX_BODY_SIZE.to_owned(), bounds.body.to_string()));
        let module: Arc<str> = module.into();
        let outlet = Outlet::new(&guest.outbound, module.clone(), console.clone());
        Self { module, env, bounds: *bounds, console, outlet, is_timed }
    }

    /// A new guest.
    pub(super) fn guest(&self) -> Guest {
        let slot = Arc::new(Slot::new(self.is_timed));
        let output = Arc::new(Output::new(self.module.clone(), slot.clone(), self.console.clone()));
        // The builder's default has no files, no sockets, no arguments and no variables.
        let mut wasi = WasiCtx::builder();
        wasi.envs(&self.env)
            .stdout(output.stream(GuestStream::Stdout))
            .stderr(output.stream(GuestStream::Stderr))
            .max_random_size(RANDOM_MOST)
            .allow_tcp(false)
            .allow_udp(false)
            .allow_ip_name_lookup(false);
        let mut table = ResourceTable::new();
        table.set_max_capacity(RESOURCES_MOST);
        Guest {
            wasi: wasi.build(),
            http: WasiHttpCtx::new(),
            table,
            outbound: Outbound::new(self.outlet.clone(), slot.clone()),
            limits: Limits::new(self.bounds.memory, slot.clone()),
            output,
            slot,
        }
    }
}

impl Guest {
    /// Whether there is a WASI 0.2 body that the guest has begun and neither finished nor dropped.
    pub(super) fn has_open_body(&mut self) -> bool {
        self.table.iter_mut().any(|resource| resource.is::<HostOutgoingBody>())
    }

    /// Whether another request can be given to the instance, now that one is over: nothing of that one is left.
    pub(super) fn is_fit(&mut self) -> bool {
        let mut count = 0;
        self.table.iter_mut().all(|resource| {
            count += 1;
            let of_the_request = resource.is::<HostOutgoingBody>()
                || resource.is::<HostIncomingBody>()
                || resource.is::<HostIncomingRequest>();
            count <= RESOURCES_KEPT && !of_the_request
        })
    }
}

impl WasiView for Guest {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        // The guest calls the host: so it runs.
        self.slot.stopwatch.resume();
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for Guest {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        self.slot.stopwatch.resume();
        WasiHttpCtxView { hooks: &mut self.outbound, table: &mut self.table, ctx: &mut self.http }
    }
}
