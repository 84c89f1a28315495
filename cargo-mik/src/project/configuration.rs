//! `server.*`: flags over environment over files over defaults.

use std::fmt::{self, Display};
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use mik_build::schema::ServerTable;
use toml::Spanned;

use super::environment::{self, host_address};
use super::manifest::{Located, Manifest};
use super::{CodeCacheSettings, Project, ProjectError, ServeArguments, ServerSettings};
use crate::report::Reporter;

/// A day. What takes longer is no request, and a clock must be able to tell when it is over.
const SECONDS: u64 = 24 * 60 * 60;
/// A minute between a save and its build would be taken for a watcher that does not work.
const DEBOUNCE_MILLIS: u64 = 60_000;
/// All that 32 bits address.
const MEBIBYTES: u64 = 4096;
/// More are not in flight on one machine, and each counted one costs memory up front.
const REQUESTS: u64 = 100_000;

impl ServerSettings {
    /// The settings for serving what is already built: flags and environment over the defaults.
    ///
    /// # Errors
    /// `PORT`, `HOST` or `MIK_CACHE_MAX_MB` has a value that it can't have.
    pub fn without_project(arguments: &ServeArguments) -> Result<Self, ProjectError> {
        let defaults = Self::default();
        Ok(Self {
            host: typed_host(arguments)?.unwrap_or(defaults.host),
            port: typed_port(arguments)?.unwrap_or(defaults.port),
            max_body_size: environment::max_body_size(mebibytes(MEBIBYTES))?.unwrap_or(defaults.max_body_size),
            hot_reload: environment::hot_reload()?.unwrap_or(defaults.hot_reload),
            code_cache: CodeCacheSettings::unless(arguments.no_cache)?,
            tls: arguments.tls.clone(),
            ..defaults
        })
    }

    /// The settings of a project. One server serves all its packages: what the first that sets a key says, in cargo's
    /// order, holds, and a warning tells a later one that says otherwise.
    ///
    /// # Errors
    /// A value is out of range, in a file or in the environment.
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
        Self::resolve(&Keys { manifests: vec![("", manifest)], reporter }, arguments)
    }

    fn resolve(keys: &Keys<'_>, arguments: &ServeArguments) -> Result<Self, ProjectError> {
        let defaults = Self::default();
        Ok(Self {
            host: match typed_host(arguments)? {
                Some(host) => host,
                None => keys.host()?.unwrap_or(defaults.host),
            },
            port: match typed_port(arguments)? {
                Some(port) => port,
                None => keys.port()?.unwrap_or(defaults.port),
            },
            tls: arguments.tls.clone(),
            execution_timeout: keys
                .number("execution_timeout_secs", 1..=SECONDS, |server| server.execution_timeout_secs.as_ref())?
                .map_or(defaults.execution_timeout, Duration::from_secs),
            memory_limit: keys
                .number("memory_limit_mb", 1..=MEBIBYTES, |server| server.memory_limit_mb.as_ref())?
                .map_or(defaults.memory_limit, mebibytes),
            max_body_size: match environment::max_body_size(mebibytes(MEBIBYTES))? {
                Some(bytes) => bytes,
                None => keys
                    .number("max_body_size_mb", 1..=MEBIBYTES, |server| server.max_body_size_mb.as_ref())?
                    .map_or(defaults.max_body_size, mebibytes),
            },
            max_concurrent_requests: keys
                .number("max_concurrent_requests", 1..=REQUESTS, |server| server.max_concurrent_requests.as_ref())?
                .map_or(defaults.max_concurrent_requests, count),
            shutdown_timeout: keys
                .number("shutdown_timeout_secs", 0..=SECONDS, |server| server.shutdown_timeout_secs.as_ref())?
                .map_or(defaults.shutdown_timeout, Duration::from_secs),
            watch_debounce: keys
                .number("watch_debounce_ms", 0..=DEBOUNCE_MILLIS, |server| server.watch_debounce_ms.as_ref())?
                .map_or(defaults.watch_debounce, Duration::from_millis),
            hot_reload: environment::hot_reload()?.unwrap_or(defaults.hot_reload),
            modules: keys.path("modules", |server| server.modules.as_ref())?.or_else(|| keys.beside("modules")),
            static_directory: keys.path("static", |server| server.static_directory.as_ref())?,
            cache_size: keys
                .number("cache_size", 1..=REQUESTS, |server| server.cache_size.as_ref())?
                .map_or(defaults.cache_size, count),
            max_cache: keys
                .number("max_cache_mb", 1..=1 << 20, |server| server.max_cache_mb.as_ref())?
                .map_or(defaults.max_cache, mebibytes),
            code_cache: CodeCacheSettings::unless(arguments.no_cache)?,
            max_per_module_requests: keys
                .number("max_per_module_requests", 1..=REQUESTS, |server| server.max_per_module_requests.as_ref())?
                .map_or(defaults.max_per_module_requests, count),
            instance_reuse: keys
                .number("instance_reuse", 1..=1 << 20, |server| server.instance_reuse.as_ref())?
                .map_or(defaults.instance_reuse, count),
            log_file: keys.path("log_file", |server| server.log_file.as_ref())?,
            log_max_size: keys
                .number("log_max_size_mb", 1..=MEBIBYTES, |server| server.log_max_size_mb.as_ref())?
                .map_or(defaults.log_max_size, mebibytes),
            log_max_files: keys
                .number("log_max_files", 1..=1000, |server| server.log_max_files.as_ref())?
                .map_or(defaults.log_max_files, count),
        })
    }
}

/// A path in a warning.
#[derive(PartialEq)]
struct Shown(PathBuf);

impl Display for Shown {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.display().fmt(formatter)
    }
}

/// The environment is not looked at where a flag was typed: a wrong value there is then nobody's concern.
fn typed_host(arguments: &ServeArguments) -> Result<Option<IpAddr>, ProjectError> {
    arguments.host.map_or_else(environment::host, |host| Ok(Some(host)))
}

fn typed_port(arguments: &ServeArguments) -> Result<Option<u16>, ProjectError> {
    arguments.port.map_or_else(environment::port, |port| Ok(Some(port)))
}

fn mebibytes(count: u64) -> u64 {
    count.saturating_mul(1 << 20)
}

fn count(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// What the packages' files say.
struct Keys<'a> {
    manifests: Vec<(&'a str, &'a Manifest)>,
    reporter: &'a Reporter,
}

impl<'a> Keys<'a> {
    fn of_project(project: &'a Project, reporter: &'a Reporter) -> Self {
        let manifest = |package: &'a super::Package| (package.name.as_str(), &package.manifest);
        Self { manifests: project.packages.iter().map(manifest).collect(), reporter }
    }

    /// The value of the first package that sets a key.
    fn first<T: Clone, V: Display + PartialEq>(
        &self,
        key: &str,
        field: impl Fn(&ServerTable) -> Option<&Spanned<T>>,
        check: impl Fn(&str, Located<T>) -> Result<V, ProjectError>,
    ) -> Result<Option<V>, ProjectError> {
        let key = format!("server.{key}");
        let mut first: Option<(&str, V)> = None;
        for (package, manifest) in &self.manifests {
            let Some(located) = manifest.get(&key, |schema| field(&schema.server), self.reporter) else { continue };
            let (source_code, at) = (located.file.named_source(), located.span);
            let value = check(&key, located)?;
            match &first {
                None => first = Some((package, value)),
                Some((decides, used)) if *used != value => self.reporter.warn(ProjectError::NotUsed {
                    setting: format!("`{key}` of package `{package}`"),
                    decision: format!("package `{decides}` decides: {used}"),
                    source_code,
                    at,
                }),
                Some(_) => {}
            }
        }
        Ok(first.map(|(_, value)| value))
    }

    fn number(
        &self,
        key: &str,
        range: RangeInclusive<u64>,
        field: impl Fn(&ServerTable) -> Option<&Spanned<u64>>,
    ) -> Result<Option<u64>, ProjectError> {
        self.first(key, field, |key, Located { value, file, span }| {
            if range.contains(&value) {
                return Ok(value);
            }
            let (least, most) = (range.start(), range.end());
            Err(ProjectError::InvalidValue {
                message: format!("`{key}` is {value}, and may be from {least} to {most}"),
                help: format!("write a number from {least} to {most}, or remove the key for the default"),
                source_code: file.named_source(),
                at: span,
            })
        })
    }

    /// A path, relative to the manifest of the package that sets it.
    fn path(
        &self,
        key: &str,
        field: impl Fn(&ServerTable) -> Option<&Spanned<String>>,
    ) -> Result<Option<PathBuf>, ProjectError> {
        let written =
            self.first(key, &field, |_, Located { value, file, .. }| Ok(Shown(file.directory().join(value))))?;
        Ok(written.map(|Shown(path)| path))
    }

    /// A directory beside the first package's manifest.
    fn beside(&self, name: &str) -> Option<PathBuf> {
        self.manifests.first().map(|(_, manifest)| manifest.directory().join(name))
    }

    fn port(&self) -> Result<Option<u16>, ProjectError> {
        self.first("port", |server| server.port.as_ref(), |_, located| Ok(located.value))
    }

    fn host(&self) -> Result<Option<IpAddr>, ProjectError> {
        self.first(
            "host",
            |server| server.host.as_ref(),
            |_, Located { value, file, span }| {
                host_address(&value).ok_or_else(|| ProjectError::InvalidValue {
                    message: format!("`{value}` is not an IP address"),
                    help: "write `127.0.0.1` for this machine only, `0.0.0.0` for every IPv4 interface".to_owned(),
                    source_code: file.named_source(),
                    at: span,
                })
            },
        )
    }
}
