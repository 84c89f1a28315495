//! The engine, and the components that have been compiled with it: one of each in a process.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use tokio::runtime::Runtime;
use wasmtime::component::{Component, Linker};
use wasmtime::{Config, Engine, OptLevel, Strategy, WasmBacktraceDetails};
use wasmtime_wasi_http::p2::bindings::ProxyPre;

use crate::Error;
use crate::state::State;

/// How long a busy component may hold a thread before others get a turn.
const TICK: Duration = Duration::from_millis(10);

/// A compiled component.
pub(crate) struct Code {
    pub(crate) engine: Engine,
    pub(crate) pre: ProxyPre<State>,
}

type Slot = Arc<OnceLock<Result<Arc<Code>, String>>>;

/// The code of a file, compiled once: who comes meanwhile waits for it.
pub(crate) fn code(path: &Path) -> Result<Arc<Code>, Error> {
    static KNOWN: Mutex<Option<HashMap<PathBuf, Slot>>> = Mutex::new(None);
    let bytes = std::fs::read(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
    let slot: Slot = {
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        known.get_or_insert_default().entry(path.to_owned()).or_default().clone()
    };
    let compiled = slot.get_or_init(|| compile(&bytes).map(Arc::new).map_err(|error| format!("{error:#}")));
    compiled.clone().map_err(|message| Error::Unusable { path: path.to_owned(), message })
}

/// By Winch where it is complete, since a test is run more often than it is run for long; by Cranelift what Winch does not know.
fn compile(bytes: &[u8]) -> wasmtime::Result<Code> {
    let compile = |engine: &Engine| {
        let component = Component::new(engine, bytes)?;
        let mut linker = Linker::new(engine);
        wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
        wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
        let pre = ProxyPre::new(linker.instantiate_pre(&component)?)?;
        Ok(Code { engine: engine.clone(), pre })
    };
    if cfg!(target_arch = "x86_64")
        && let Ok(code) = engine(true).and_then(|engine| compile(&engine))
    {
        return Ok(code);
    }
    compile(&engine(false)?)
}

fn engine(quick: bool) -> wasmtime::Result<Engine> {
    static ENGINES: [Mutex<Option<Engine>>; 2] = [Mutex::new(None), Mutex::new(None)];
    let [of_cranelift, of_winch] = &ENGINES;
    let mut known = if quick { of_winch } else { of_cranelift }.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(engine) = &*known {
        return Ok(engine.clone());
    }
    let mut config = Config::new();
    config.epoch_interruption(true).wasm_backtrace_details(WasmBacktraceDetails::Enable);
    match quick {
        true => config.strategy(Strategy::Winch),
        false => config.cranelift_opt_level(OptLevel::None),
    };
    let engine = Engine::new(&config)?;
    let weak = engine.weak();
    let tick = move || {
        while let Some(engine) = weak.upgrade() {
            engine.increment_epoch();
            drop(engine);
            thread::sleep(TICK);
        }
    };
    thread::Builder::new().name("mik-test-epochs".to_owned()).spawn(tick)?;
    Ok(known.insert(engine).clone())
}

/// What runs the components of all tests.
pub(crate) fn runtime() -> Result<&'static Runtime, Error> {
    static RUNTIME: OnceLock<Result<Runtime, String>> = OnceLock::new();
    let runtime = RUNTIME.get_or_init(|| {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder.enable_all().build().map_err(|error| error.to_string())
    });
    runtime.as_ref().map_err(|message| Error::Invalid { what: "the runtime".to_owned(), message: message.clone() })
}
