//! `mik run`: serves what is already built until told to stop. And what it shares with the development loop: the
//! runtime, the signals, the end.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::Notify;

use super::error::{Detail, ServeError};
use super::host::Host;
use super::mode::Mode;
use super::module::{Change, Directory, Holds, Site};
use super::reload;
use super::server::{self, Stop};
use super::tls::Tls;
use crate::project::ServerSettings;
use crate::report::{Event, Reporter};

/// Serves a site until SIGINT or SIGTERM, then finishes the requests in flight. A second signal ends it at once.
///
/// # Errors
/// The address can't be listened on, or a component can't be served. Nothing that a request does ends the server.
pub fn run(site: &Site, settings: &ServerSettings, reporter: &Reporter) -> Result<(), ServeError> {
    let host = Arc::new(Host::new(settings, Mode::Production, reporter)?);
    let runtime = runtime()?;
    let served = runtime.block_on(async {
        let listener = listen(settings)?;
        let tls = tls(settings)?;
        let reporter = &host.console().reporter();
        warn_of_statics(settings, reporter);
        // Before anything is read: what changes from here on is noticed.
        let watcher = settings.hot_reload.then(|| reload::watch(site, settings.watch_debounce));
        let changes = tokio::task::block_in_place(|| host.put(site, settings))?;
        say_live(reporter, &changes);
        for directory in site.directories() {
            let count = tokio::task::block_in_place(|| host.stock_up(directory));
            say_stock(reporter, directory, count);
        }
        // Who reads that it listens may tell it to stop.
        let signals = Signals::new()?;
        reporter.emit(Event::Listening { url: url(&listener, tls.as_deref())? });
        if let Some(watcher) = watcher {
            reload::keep_up(host.clone(), watcher)?;
        }
        serve_until_told(listener, &host, tls, signals).await
    });
    host.close();
    // Whatever still runs has had its time.
    runtime.shutdown_background();
    served
}

pub(super) fn runtime() -> Result<Runtime, ServeError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(|error| ServeError::Start { source: Detail(error.to_string()) })
}

pub(super) fn listen(settings: &ServerSettings) -> Result<TcpListener, ServeError> {
    server::listen(SocketAddr::new(settings.host, settings.port))
}

/// The certificate and key to encrypt with, where the settings name them.
pub(super) fn tls(settings: &ServerSettings) -> Result<Option<Arc<Tls>>, ServeError> {
    settings.tls.as_ref().map(|files| Tls::read(files).map(Arc::new)).transpose()
}

/// Says that there are no static files where there should be.
pub(super) fn warn_of_statics(settings: &ServerSettings, reporter: &Reporter) {
    if let Some(path) = &settings.static_directory
        && !path.is_dir()
    {
        reporter.warn(ServeError::StaticDirectory { path: path.clone() });
    }
}

/// Where the listener is reached: the real port where any was asked for.
pub(super) fn url(listener: &TcpListener, tls: Option<&Tls>) -> Result<String, ServeError> {
    let address = listener.local_addr().map_err(|error| ServeError::Start { source: Detail(error.to_string()) })?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    Ok(format!("{scheme}://{address}/"))
}

/// The settings that a server takes up when it starts and not while it runs: the socket, and the room for instances.
pub(super) fn changes_at_restart(started: &ServerSettings, now: &ServerSettings) -> Vec<&'static str> {
    let changed = [
        ("host", started.host != now.host),
        ("port", started.port != now.port),
        ("modules", started.modules != now.modules),
        ("log_file", started.log_file != now.log_file),
        ("log_max_size_mb", started.log_max_size != now.log_max_size),
        ("log_max_files", started.log_max_files != now.log_max_files),
        ("max_concurrent_requests", started.max_concurrent_requests != now.max_concurrent_requests),
    ];
    changed.into_iter().filter(|(_, changed)| *changed).map(|(key, _)| key).collect()
}

/// Says which versions are live.
pub(super) fn say_live(reporter: &Reporter, changes: &[Change]) {
    for Change { module, build } in changes {
        reporter.emit(Event::Live { module: module.to_string(), build: build.clone() });
    }
}

/// Says how many modules a directory has. One that is not there is nobody's concern.
pub(super) fn say_stock(reporter: &Reporter, Directory { path, holds, .. }: &Directory, count: usize) {
    let verb = match holds {
        Holds::Modules => "Modules",
        Holds::Dependencies => "Dependencies",
    };
    match count {
        0 if !path.is_dir() => {}
        count => reporter.status(verb, format!("{count} of {} at /run/", path.display())),
    }
}

/// Serves until the signals say otherwise.
pub(super) async fn serve_until_told(
    listener: TcpListener,
    host: &Arc<Host>,
    tls: Option<Arc<Tls>>,
    mut signals: Signals,
) -> Result<(), ServeError> {
    let stop = Stop::default();
    let serving = server::serve(listener, host.clone(), tls.clone(), stop.clone());
    let renewed = async {
        match &tls {
            Some(tls) => tls.keep_up(host.console()).await,
            None => std::future::pending().await,
        }
    };
    let told = async {
        signals.next().await;
        host.stop();
        match host.in_flight() {
            0 => host.console().status("Stopping", "no requests in flight"),
            1 => host.console().status("Stopping", "one request in flight; again to stop at once"),
            n => host.console().status("Stopping", format!("{n} requests in flight; again to stop at once")),
        }
        stop.drain.cancel();
        signals.next().await;
        stop.now.cancel();
        std::future::pending::<Infallible>().await
    };
    tokio::select! {
        () = serving => Ok(()),
        () = renewed => Ok(()),
        never = told => match never {},
    }
}

/// What asks the process to end.
pub(super) struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    quit: Arc<Notify>,
}

impl Signals {
    /// From here on the process no longer ends by itself.
    pub(super) fn new() -> Result<Self, ServeError> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let signal = |kind| signal(kind).map_err(|error| ServeError::Start { source: Detail(error.to_string()) });
            let (interrupt, terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
            Ok(Self { interrupt, terminate, quit: Arc::default() })
        }
        #[cfg(not(unix))]
        Ok(Self { quit: Arc::default() })
    }

    /// What asks for it besides: a key.
    pub(super) fn quit(&self) -> Arc<Notify> {
        self.quit.clone()
    }

    async fn next(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            () = self.quit.notified() => {}
        }
        #[cfg(not(unix))]
        tokio::select! {
            Ok(()) = tokio::signal::ctrl_c() => {}
            () = self.quit.notified() => {}
        }
    }
}
