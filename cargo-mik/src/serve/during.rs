//! A server for as long as something else takes: the tests of a project.

use std::sync::Arc;

use super::error::{Detail, ServeError};
use super::host::Host;
use super::mode::Mode;
use super::module::Site;
use super::run::{listen, runtime, tls, url};
use super::server::{self, Stop};
use crate::project::ServerSettings;
use crate::report::Reporter;

/// Serves a site while `work` runs, which is given the URL and runs on the thread that calls this.
///
/// # Errors
/// The address can't be listened on, or a component can't be served.
pub fn during<T>(
    site: &Site,
    settings: &ServerSettings,
    reporter: &Reporter,
    work: impl FnOnce(&str) -> T,
) -> Result<T, ServeError> {
    let host = Arc::new(Host::new(settings, Mode::Development, reporter)?);
    host.put(site, settings)?;
    for directory in site.directories() {
        host.stock_up(directory);
    }
    let runtime = runtime()?;
    let (listener, tls) = runtime.block_on(async { Ok::<_, ServeError>((listen(settings)?, tls(settings)?)) })?;
    let url = url(&listener, tls.as_deref())?;
    let stop = Stop::default();
    let serving = runtime.spawn(server::serve(listener, host.clone(), tls, stop.clone()));
    let result = work(&url);
    host.stop();
    // Nobody is left who waits for an answer.
    stop.drain.cancel();
    stop.now.cancel();
    let ended = runtime.block_on(serving).map_err(|error| ServeError::Start { source: Detail(error.to_string()) });
    host.close();
    runtime.shutdown_background();
    ended.map(|()| result)
}
