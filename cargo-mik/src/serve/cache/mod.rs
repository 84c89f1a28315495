//! The cache of compiled code: a component that was compiled once is loaded from then on, by any process of the user's
//! with the same engine.
//!
//! Wasmtime's own `cache` is not used because it keeps no digest: an entry that can be decompressed and says which
//! engine it is for is run. Ours is verified to its last byte when it is loaded, and lies in a directory that is the
//! user's alone. What is wrong with the cache never fails anything: the component is compiled.
//!
//! An entry is read into memory and not mapped from its file, since what is mapped can change after it was verified.
//! That costs a small handler half a millisecond and half a mebibyte (131 KiB of wasm, 450 KiB of code), of which
//! verifying takes 0.3 ms; a mebibyte of code takes a millisecond more.

mod entry;
mod error;
mod store;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use wasmtime::Engine;
use wasmtime::component::Component;

use self::entry::{Compiler, Key};
pub use self::error::CodeCacheError;
pub use self::store::{CodeStore, CodeUsage};
use super::console::Console;
use super::error::ServeError;
use super::host::Host;
use crate::project::CodeCacheSettings;
use crate::report::Event;
use crate::tools::private::NotPrivate;

/// Whether compiled code is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keep {
    /// It is, for the next time that the same component is served.
    ForNextTime,
    /// It is not.
    Never,
}

/// Compiled code as a server uses it.
pub(super) struct CodeCache {
    shared: Arc<Shared>,
    engine: Engine,
}

/// What the thread that tidies up needs as well.
struct Shared {
    store: CodeStore,
    console: Console,
    /// Whether the user knows that the cache can't be used.
    has_warned: AtomicBool,
    /// How many entries were written since it was last tidied up.
    written: AtomicUsize,
}

impl Host {
    /// The code of a component: from the cache, or else compiled, which takes some hundred times as long.
    pub(super) fn code(
        &self,
        module: &str,
        bytes: &[u8],
        keep: Keep,
        compile: impl FnOnce() -> Result<Component, ServeError>,
    ) -> Result<Component, ServeError> {
        let begin = Instant::now();
        let cached = self.code_cache().map(|cache| (cache, cache.shared.store.key(bytes)));
        if let Some((cache, key)) = &cached
            && let Some(component) = cache.load(key, module)
        {
            self.console().detail("Loaded", format!("{module} from the cache in {:.1?}", begin.elapsed()));
            return Ok(component);
        }
        let component = compile()?;
        self.console().detail("Compiled", format!("{module} in {:.1?}", begin.elapsed()));
        if let Some((cache, key)) = cached.as_ref().filter(|_| keep == Keep::ForNextTime) {
            cache.keep(key, &component);
        }
        Ok(component)
    }
}

impl CodeCache {
    /// The cache for an engine, in the directory of the settings; whether that can be used turns out with the first
    /// component.
    pub(super) fn new(settings: &CodeCacheSettings, engine: &Engine, console: &Console) -> Self {
        let shared = Shared {
            store: CodeStore::of(settings, Compiler::of(engine)),
            console: console.clone(),
            has_warned: AtomicBool::new(false),
            written: AtomicUsize::new(0),
        };
        Self { shared: Arc::new(shared), engine: engine.clone() }
    }

    /// Loads the code of a key, if it is there as it was written.
    fn load(&self, key: &Key, module: &str) -> Option<Component> {
        let damaged = |how: &dyn std::fmt::Display| {
            let note = format!("the cached code of `{module}` can't be used, and is compiled again: {how}");
            self.shared.console.emit(Event::Note(note));
        };
        let store = &self.shared.store;
        let directory = store.open().map_err(|error| self.shared.warn(error)).ok()?;
        let entry = store.read(&directory, key).inspect_err(|error| damaged(error)).ok()??;
        let code = key.open(&entry).inspect_err(|damage| damaged(damage)).ok()?;
        #[expect(
            unsafe_code,
            reason = "wasmtime can't verify compiled code, so it has to be told that it was verified"
        )]
        // SAFETY: these bytes have to be what `Component::serialize` gave. They are held in memory, where nobody
        // changes them after they were checked: nothing is mapped from a file. Their digest says that they are the very
        // bytes that `keep` was given for this key. It was this program that wrote them, for an engine that compiles
        // as this one does: the key has the engine's compatibility hash, and the directory that they were read from
        // and the file itself belong to this user and can't be written to by others. Who can write there as this user
        // can have this user run anything without our help.
        let component = unsafe { Component::deserialize(&self.engine, code) };
        component.inspect_err(|error| damaged(&format_args!("{error:#}"))).ok()
    }

    /// Keeps the code of a component for the next time.
    fn keep(&self, key: &Key, component: &Component) {
        // What can't be serialized can be run all the same.
        let Ok(code) = component.serialize() else { return };
        match self.shared.store.write(key, &code) {
            Ok(()) => self.tidy_up(),
            Err(error) => self.shared.warn(error),
        }
    }

    /// Removes what is too much: on a thread of its own, since nobody has to wait for it. One at a time.
    fn tidy_up(&self) {
        let shared = self.shared.clone();
        if shared.written.fetch_add(1, Ordering::AcqRel) > 0 {
            return;
        }
        let sweep = move || {
            loop {
                let written = shared.written.load(Ordering::Acquire);
                // What could not be tidied up was warned about when it was written; the next one tries again.
                drop(shared.store.sweep());
                if shared.written.fetch_sub(written, Ordering::AcqRel) == written {
                    return;
                }
            }
        };
        if thread::Builder::new().name("mik-cache".to_owned()).spawn(sweep).is_err() {
            self.shared.written.store(0, Ordering::Release);
        }
    }
}

impl Shared {
    /// Says that the cache can't be used, once: it stays so, and every component would say it again.
    fn warn(&self, error: NotPrivate) {
        if !self.has_warned.swap(true, Ordering::Relaxed) {
            let error = self.store.unusable(error);
            self.console.emit(Event::Warning(error.into()));
        }
    }
}
