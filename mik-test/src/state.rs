//! What an instance is given: what the test says, and nothing of the machine.

use std::time::{Duration, SystemTime};

use wasmtime::component::ResourceTable;
use wasmtime::{StoreLimits, StoreLimitsBuilder};
use wasmtime_wasi::{HostMonotonicClock, HostWallClock, WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use crate::chance::Chance;
use crate::outbound::{Answers, Outbound};
use crate::output::Output;

/// What a test says of its component.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) answers: Vec<Answers>,
    /// The time of day, which stands still.
    pub(crate) clock: Option<SystemTime>,
    pub(crate) seed: Option<u64>,
    pub(crate) memory: usize,
    pub(crate) time: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        let (memory, time) = (128 << 20, Duration::from_secs(30));
        Self { environment: Vec::new(), answers: Vec::new(), clock: None, seed: None, memory, time }
    }
}

/// The data of an instance's store.
pub(crate) struct State {
    wasi: WasiCtx,
    http: WasiHttpCtx,
    table: ResourceTable,
    outbound: Outbound,
    pub(crate) limits: StoreLimits,
}

/// A clock that stands still.
struct Still(Duration);

impl HostWallClock for Still {
    fn resolution(&self) -> Duration {
        Duration::from_nanos(1)
    }

    fn now(&self) -> Duration {
        self.0
    }
}

impl HostMonotonicClock for Still {
    fn resolution(&self) -> u64 {
        1
    }

    fn now(&self) -> u64 {
        u64::try_from(self.0.as_nanos()).unwrap_or(u64::MAX)
    }
}

impl State {
    pub(crate) fn new(settings: &Settings, outbound: Outbound, output: &Output) -> Self {
        let mut wasi = WasiCtx::builder();
        wasi.envs(&settings.environment)
            .stdout(output.stdout.clone())
            .stderr(output.stderr.clone())
            .allow_tcp(false)
            .allow_udp(false)
            .allow_ip_name_lookup(false);
        if let Some(clock) = settings.clock {
            let since = clock.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            wasi.wall_clock(Still(since)).monotonic_clock(Still(Duration::ZERO));
        }
        if let Some(seed) = settings.seed {
            wasi.secure_random(Chance::new(seed))
                .insecure_random(Chance::new(seed))
                .insecure_random_seed(u128::from(seed));
        }
        Self {
            wasi: wasi.build(),
            http: WasiHttpCtx::new(),
            table: ResourceTable::new(),
            outbound,
            limits: StoreLimitsBuilder::new().memory_size(settings.memory).build(),
        }
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { hooks: &mut self.outbound, table: &mut self.table, ctx: &mut self.http }
    }
}
