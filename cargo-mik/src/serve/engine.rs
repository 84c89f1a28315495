//! The wasmtime engine: how components are compiled, where instances live, how a busy guest is made to yield.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::sync::Semaphore;
use wasmtime::component::{Linker, Resource};
use wasmtime::{
    Config, Enabled, Engine, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig, StoreContextMut, Strategy,
};
use wasmtime_wasi_http::p2::bindings::http::types::Scheme;
use wasmtime_wasi_http::p2::types::HostIncomingRequest;

use super::error::{Detail, ServeError};
use super::guest::Guest;

/// How long a busy guest may hold a thread before others get a turn.
const TICK: Duration = Duration::from_millis(10);

/// The most that wasm may have on its stack. A guest that goes deeper traps.
const WASM_STACK: usize = 1 << 20;
/// The stack that it runs on: the host's functions that it calls need some as well.
const STACK: usize = 2 << 20;

/// The most instances that are kept for another request, whatever the number of requests in flight may be.
const INSTANCES_KEPT: usize = 1000;

/// What stays mapped of a memory, a table or a stack when its instance is dropped, so that the next one finds it there.
const MEMORY_KEPT: usize = 512 << 10;
const TABLE_KEPT: usize = 16 << 10;
const STACK_KEPT: usize = 64 << 10;

/// What code is compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tuning {
    /// To run fast: it is compiled once, and run for long.
    Run,
    /// To be there soon: somebody who has saved a file waits for it, and with the next save it is gone. Winch takes a fifth of
    /// the time that Cranelift takes when it does not optimize.
    Compile,
    /// The same by Cranelift: for what Winch does not know, and for processors that it does not know well.
    CompileAnything,
}

/// The engine and what it offers to components.
pub(super) struct Machine {
    pub(super) engine: Engine,
    pub(super) linker: Linker<Guest>,
    /// How many instances may be kept for another request. They take room in the pool while nobody needs them.
    pub(super) kept: Arc<Semaphore>,
}

impl Machine {
    /// An engine with room for so many requests at once.
    pub(super) fn new(requests: usize, tuning: Tuning) -> Result<Self, ServeError> {
        let start = |error: &wasmtime::Error| ServeError::Start { source: Detail::of(error) };
        let engine = engine(requests, tuning).map_err(|error| start(&error))?;
        let linker = linker(&engine).map_err(|error| start(&error))?;
        keep_time(&engine)?;
        let kept = Arc::new(Semaphore::new((requests / 2).clamp(1, INSTANCES_KEPT)));
        Ok(Self { engine, linker, kept })
    }
}

/// Pooled instances are many times cheaper, but the pool is address space reserved up front, and a container or a
/// `ulimit -v` may not give it. So: as large as wanted, else smaller, else none.
fn engine(requests: usize, tuning: Tuning) -> wasmtime::Result<Engine> {
    let wanted = u32::try_from(requests).unwrap_or(u32::MAX).clamp(50, 2000);
    for instances in [wanted, wanted / 4, wanted / 16] {
        let mut config = config(tuning);
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool(instances.max(16))));
        if let Ok(engine) = Engine::new(&config) {
            return Ok(engine);
        }
    }
    Engine::new(&config(tuning))
}

/// An engine that compiles as a server's does and runs nothing: where instances live makes no difference to code.
pub(super) fn compiling_engine(tuning: Tuning) -> Result<Engine, ServeError> {
    Engine::new(&config(tuning)).map_err(|error| ServeError::Start { source: Detail::of(&error) })
}

fn config(tuning: Tuning) -> Config {
    let mut config = Config::new();
    config.wasm_component_model(true);
    config.wasm_component_model_async(true);
    config.epoch_interruption(true);
    config.max_wasm_stack(WASM_STACK);
    config.async_stack_size(STACK);
    match tuning {
        Tuning::Run => config.cranelift_opt_level(OptLevel::Speed),
        // What leads into a component and out of it is Cranelift's all the same, which would optimize it.
        Tuning::Compile => config.strategy(Strategy::Winch).cranelift_opt_level(OptLevel::None),
        Tuning::CompileAnything => config.cranelift_opt_level(OptLevel::None),
    };
    config.wasm_backtrace_details(wasmtime::WasmBacktraceDetails::Enable);
    config
}

/// A pool for so many requests. One that has answered may still be at work, hence the factor; a composed component has
/// a bridge, a handler and shims, hence the others.
fn pool(requests: u32) -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(requests * 2);
    pool.total_core_instances(requests * 16);
    pool.total_memories(requests * 3);
    pool.total_tables(requests * 6);
    pool.total_stacks(requests * 2);
    pool.max_memories_per_module(4);
    pool.max_tables_per_module(8);
    pool.linear_memory_keep_resident(MEMORY_KEPT);
    pool.table_keep_resident(TABLE_KEPT);
    pool.async_stack_keep_resident(STACK_KEPT);
    // Linux 6.7 can tell which pages were written, so that only those are cleared.
    pool.pagemap_scan(Enabled::Auto);
    pool
}

/// Everything that a component may import. What it gets to see through it is decided in `guest` and `outbound`.
fn linker(engine: &Engine) -> wasmtime::Result<Linker<Guest>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
    add_scheme(&mut linker)?;
    wasmtime_wasi::p3::add_to_linker(&mut linker)?;
    wasmtime_wasi_http::p3::add_to_linker(&mut linker)?;
    Ok(linker)
}

/// The scheme of a WASI 0.2 request: as the client has written it. `ProxyHandler` says `http` of every one.
fn add_scheme(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    linker.allow_shadowing(true);
    let mut types = linker.instance("wasi:http/types@0.2.12")?;
    types.func_wrap(
        "[method]incoming-request.scheme",
        |store: StoreContextMut<'_, Guest>, (_,): (Resource<HostIncomingRequest>,)| {
            let is_secure = store.data().slot.ticket().is_some_and(|ticket| ticket.is_secure());
            Ok((Some(if is_secure { Scheme::Https } else { Scheme::Http }),))
        },
    )?;
    linker.allow_shadowing(false);
    Ok(())
}

/// Counts epochs for as long as the engine lives. A thread of its own: the runtime's may all be busy with guests.
fn keep_time(engine: &Engine) -> Result<(), ServeError> {
    let engine = engine.weak();
    let tick = move || {
        while let Some(engine) = engine.upgrade() {
            engine.increment_epoch();
            drop(engine);
            thread::sleep(TICK);
        }
    };
    let thread = thread::Builder::new().name("mik-epochs".to_owned()).spawn(tick);
    thread.map(drop).map_err(|error| ServeError::Start { source: Detail(error.to_string()) })
}
