//! `server.*`: flags over environment over files over defaults.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use mik_build::schema::{EnvValue, ServerTable};
use toml::Spanned;

use super::manifest::{Located, Manifest};
use super::{Package, Project, ProjectError, ServeArguments, ServerSettings};
use crate::report::Reporter;

impl ServerSettings {
    /// The settings for serving what is already built: flags and environment over the defaults.
    pub fn without_project(arguments: &ServeArguments) -> Self {
        let defaults = Self::default();
        Self {
            host: arguments.host.unwrap_or(defaults.host),
            port: arguments.port.unwrap_or(defaults.port),
            ..defaults
        }
    }

    /// The settings of a project: those of its first package, in cargo's order.
    ///
    /// # Errors
    /// A value is out of range, or copies a host variable that is not set.
    pub fn of_project(
        project: &Project,
        arguments: &ServeArguments,
        reporter: &Reporter,
    ) -> Result<Self, ProjectError> {
        match project.packages.first() {
            Some(package) => Self::of_package(package, arguments, reporter),
            None => Ok(Self::without_project(arguments)),
        }
    }

    fn of_package(package: &Package, arguments: &ServeArguments, reporter: &Reporter) -> Result<Self, ProjectError> {
        // Unknown keys were warned about when the package was resolved.
        let manifest = Manifest::read_again(&package.manifest_path)?;
        let keys = Keys { manifest: &manifest, reporter };
        let defaults = Self::default();
        Ok(Self {
            host: match arguments.host {
                Some(host) => host,
                None => keys.host()?.unwrap_or(defaults.host),
            },
            port: match arguments.port {
                Some(port) => port,
                None => keys.get("server.port", |server| server.port.as_ref()).map_or(defaults.port, |port| port.value),
            },
            execution_timeout: keys
                .positive("server.execution_timeout_secs", |server| server.execution_timeout_secs.as_ref())?
                .map_or(defaults.execution_timeout, Duration::from_secs),
            memory_limit: keys
                .positive("server.memory_limit_mb", |server| server.memory_limit_mb.as_ref())?
                .map_or(defaults.memory_limit, mebibytes),
            max_body_size: keys
                .positive("server.max_body_size_mb", |server| server.max_body_size_mb.as_ref())?
                .map_or(defaults.max_body_size, mebibytes),
            max_concurrent_requests: keys
                .positive("server.max_concurrent_requests", |server| server.max_concurrent_requests.as_ref())?
                .map_or(defaults.max_concurrent_requests, |count| usize::try_from(count).unwrap_or(usize::MAX)),
            shutdown_timeout: keys
                .get("server.shutdown_timeout_secs", |server| server.shutdown_timeout_secs.as_ref())
                .map_or(defaults.shutdown_timeout, |seconds| Duration::from_secs(seconds.value)),
            watch_debounce: keys
                .get("server.watch_debounce_ms", |server| server.watch_debounce_ms.as_ref())
                .map_or(defaults.watch_debounce, |millis| Duration::from_millis(millis.value)),
            env: keys.env()?,
        })
    }
}

fn mebibytes(count: u64) -> u64 {
    count.saturating_mul(1 << 20)
}

struct Keys<'a> {
    manifest: &'a Manifest,
    reporter: &'a Reporter,
}

impl Keys<'_> {
    fn get<T: Clone>(&self, key: &str, field: impl Fn(&ServerTable) -> Option<&Spanned<T>>) -> Option<Located<T>> {
        self.manifest.get(key, |schema| field(&schema.server), self.reporter)
    }

    /// A number that makes no sense as zero.
    fn positive(
        &self,
        key: &str,
        field: impl Fn(&ServerTable) -> Option<&Spanned<u64>>,
    ) -> Result<Option<u64>, ProjectError> {
        match self.get(key, field) {
            Some(Located { value: 0, file, span }) => Err(ProjectError::InvalidValue {
                message: format!("`{key}` is 0: every request would be refused"),
                help: "write a number from 1 on, or remove the key for the default".to_owned(),
                source_code: file.named_source(),
                at: span,
            }),
            found => Ok(found.map(|located| located.value)),
        }
    }

    fn host(&self) -> Result<Option<IpAddr>, ProjectError> {
        let Some(Located { value, file, span }) = self.get("server.host", |server| server.host.as_ref()) else {
            return Ok(None);
        };
        match value.as_str() {
            "localhost" => Ok(Some(IpAddr::from([127, 0, 0, 1]))),
            address => address.parse().map(Some).map_err(|_| ProjectError::InvalidValue {
                message: format!("`{value}` is not an IP address"),
                help: "write `127.0.0.1` for this machine only, `0.0.0.0` for every IPv4 interface".to_owned(),
                source_code: file.named_source(),
                at: span,
            }),
        }
    }

    fn env(&self) -> Result<BTreeMap<String, String>, ProjectError> {
        let names = self.manifest.names(|schema| schema.server.env.as_ref().map(|env| env.keys().cloned().collect()));
        let mut env = BTreeMap::new();
        for name in names {
            let located =
                self.get(&format!("server.env.{name}"), |server| server.env.as_ref().and_then(|env| env.get(&name)));
            let Some(Located { value, file, span }) = located else { continue };
            let value = match value {
                EnvValue::Literal(value) => value,
                EnvValue::From { from } => std::env::var(&from).map_err(|_| ProjectError::InvalidValue {
                    message: format!("the variable `{from}` is not set, or is not UTF-8"),
                    help: format!("set it: `{from}=… cargo mik serve`; or write the value itself"),
                    source_code: file.named_source(),
                    at: span,
                })?,
            };
            env.insert(name, value);
        }
        Ok(env)
    }
}
