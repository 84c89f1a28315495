//! `server.*`: flags over environment over files over defaults.

use std::time::Duration;

use serde_json::json;

use super::environment;
use super::keys::{Keys, Stronger};
use super::manifest::Manifest;
use super::{CodeCacheSettings, Project, ProjectError, ServeArguments, ServerSettings};
use crate::report::Reporter;

impl ServerSettings {
    /// The settings of a project. One server serves all its packages: what the first that sets a key says, in cargo's
    /// order, holds, and a warning tells a later one that says otherwise.
    ///
    /// # Errors
    /// A variable of the environment has a value that it can't have.
    pub fn of_project(
        project: &Project,
        arguments: &ServeArguments,
        reporter: &Reporter,
    ) -> Result<Self, ProjectError> {
        Self::resolve(&Keys::of_project(project, reporter), arguments)
    }

    /// The settings of what is built, from the files of one directory.
    pub(super) fn of_manifest(
        manifest: &Manifest,
        arguments: &ServeArguments,
        reporter: &Reporter,
    ) -> Result<Self, ProjectError> {
        Self::resolve(&Keys::of_manifest(manifest, reporter), arguments)
    }

    fn resolve(keys: &Keys<'_>, arguments: &ServeArguments) -> Result<Self, ProjectError> {
        let ServeArguments { port, host, tls, no_cache, hold, overlay, recording, dashboard } = arguments;
        let host = Stronger { flag: host.map(|host| ("--host", host)), variable: ("HOST", &environment::host) };
        let port = Stronger { flag: port.map(|port| ("--port", port)), variable: ("PORT", &environment::port) };
        let max_body_size = Stronger { flag: None, variable: ("MIK_MAX_BODY_SIZE", &environment::max_body_size) };
        Ok(Self {
            host: keys.weigh("host", host, |host| json!(host), Keys::host)?,
            port: keys.weigh(
                "port",
                port,
                |port| json!(port),
                |keys| u16::try_from(keys.number("port", |server| server.port.as_ref())).unwrap_or(u16::MAX),
            )?,
            tls: tls.clone(),
            hold: *hold,
            overlay: *overlay,
            recording: recording.clone(),
            dashboard: *dashboard,
            execution_timeout: Duration::from_secs(
                keys.number("execution_timeout_secs", |server| server.execution_timeout_secs.as_ref()),
            ),
            memory_limit: mebibytes(keys.number("memory_limit_mb", |server| server.memory_limit_mb.as_ref())),
            max_body_size: keys.weigh("max_body_size_mb", max_body_size, in_mebibytes, |keys| {
                mebibytes(keys.number("max_body_size_mb", |server| server.max_body_size_mb.as_ref()))
            })?,
            max_concurrent_requests: count(
                keys.number("max_concurrent_requests", |server| server.max_concurrent_requests.as_ref()),
            ),
            shutdown_timeout: Duration::from_secs(
                keys.number("shutdown_timeout_secs", |server| server.shutdown_timeout_secs.as_ref()),
            ),
            watch_debounce: Duration::from_millis(
                keys.number("watch_debounce_ms", |server| server.watch_debounce_ms.as_ref()),
            ),
            hot_reload: environment::hot_reload()?.unwrap_or(true),
            modules: keys.modules(),
            static_directory: keys.path("static", |server| server.static_directory.as_ref()),
            cache_size: count(keys.number("cache_size", |server| server.cache_size.as_ref())),
            max_cache: mebibytes(keys.number("max_cache_mb", |server| server.max_cache_mb.as_ref())),
            code_cache: CodeCacheSettings::unless(*no_cache)?,
            max_per_module_requests: count(
                keys.number("max_per_module_requests", |server| server.max_per_module_requests.as_ref()),
            ),
            instance_reuse: count(keys.number("instance_reuse", |server| server.instance_reuse.as_ref())),
            log_file: keys.path("log_file", |server| server.log_file.as_ref()),
            log_max_size: mebibytes(keys.number("log_max_size_mb", |server| server.log_max_size_mb.as_ref())),
            log_max_files: count(keys.number("log_max_files", |server| server.log_max_files.as_ref())),
        })
    }
}

pub(super) fn mebibytes(count: u64) -> u64 {
    count.saturating_mul(1 << 20)
}

/// A number of bytes as a key in MiB has it.
fn in_mebibytes(bytes: &u64) -> serde_json::Value {
    match bytes % mebibytes(1) {
        0 => json!(bytes / mebibytes(1)),
        _ => json!(*bytes as f64 / mebibytes(1) as f64),
    }
}

fn count(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
