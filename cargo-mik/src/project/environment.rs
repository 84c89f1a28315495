//! The environment: what of it the server is told, and the variables of its own that each package's guest is given.

use std::collections::BTreeMap;
use std::env::VarError;
use std::ffi::OsString;
use std::net::IpAddr;
use std::path::PathBuf;

use mik_build::schema::{Address, EnvValue, Number, ServerTable, Spanned};

use super::configuration::mebibytes;
use super::dotenv::DotEnv;
use super::manifest::{Located, Manifest};
use super::{GuestSettings, OutboundSettings, Project, ProjectError};
use crate::report::{Level, Reporter};

/// A guest's whole environment.
pub type Environment = BTreeMap<String, String>;

impl Project {
    /// What each package's guest is trusted with, by the package's name: `server.env` and `server.http_*`. A package's
    /// guest is given its own and no other's: what one handler is trusted with is not the next one's business. What the environment
    /// lacks is taken from `.env` in the package's directory or the workspace's: this is for who develops, and production does not come
    /// this way.
    ///
    /// # Errors
    /// A variable of the host's that is to be copied is not set; a `.env` can't be read.
    pub fn guests(&self, reporter: &Reporter) -> Result<BTreeMap<String, GuestSettings>, ProjectError> {
        let named = |package: &super::Package| {
            let dotenv = DotEnv::read(&self.dotenv_files(package))?;
            Ok((package.name.clone(), GuestSettings::of_manifest(&package.manifest, &dotenv, reporter)?))
        };
        self.packages.iter().map(named).collect()
    }
}

impl GuestSettings {
    /// What the guest of one directory is trusted with.
    pub(super) fn of_manifest(manifest: &Manifest, dotenv: &DotEnv, reporter: &Reporter) -> Result<Self, ProjectError> {
        Ok(Self {
            environment: environment(manifest, dotenv, reporter)?,
            outbound: OutboundSettings::of(manifest, reporter)?,
        })
    }
}

fn environment(manifest: &Manifest, dotenv: &DotEnv, reporter: &Reporter) -> Result<Environment, ProjectError> {
    let names = manifest.names(|schema| schema.server.env.as_ref().map(|env| env.keys().cloned().collect()));
    let mut environment = Environment::new();
    for name in names {
        let key = format!("server.env.{name}");
        let located = manifest.get(&key, |schema| schema.server.env.as_ref().and_then(|env| env.get(&name)), reporter);
        let Some(Located { value, file, span }) = located else { continue };
        let wrong = |message: String, help: &str| ProjectError::InvalidValue {
            message,
            help: help.to_owned(),
            source_code: file.named_source(),
            at: span,
        };
        // Programs find the end of a name by its `=`, and that of a value by its NUL.
        if name.is_empty() || name.contains(['=', '\0']) {
            let help = "a name is not empty, and has neither `=` nor NUL in it";
            return Err(wrong(format!("`{}` can't be the name of a variable", name.escape_debug()), help));
        }
        if matches!(&value, EnvValue::Literal(value) if value.contains('\0')) {
            return Err(wrong(format!("the value of `{name}` has a NUL in it"), "remove it: no variable can hold one"));
        }
        let value = match value {
            EnvValue::Literal(value) => value,
            // What is set where the program is started is meant for this run.
            EnvValue::From { from } if std::env::var_os(&from).is_none() && let Some(value) = dotenv.get(&from) => {
                value.clone()
            }
            EnvValue::From { from } => std::env::var(&from).map_err(|error| match error {
                VarError::NotPresent => wrong(
                    format!("the variable `{from}` is not set"),
                    "set it where this program is started, or in `.env` for `cargo mik serve`, or write the value itself",
                ),
                VarError::NotUnicode(_) => {
                    wrong(format!("the variable `{from}` is not UTF-8"), "a guest's environment is text")
                }
            })?,
        };
        environment.insert(name, value);
    }
    Ok(environment)
}

/// `PORT`.
pub(super) fn port() -> Result<Option<u16>, ProjectError> {
    variable(
        Variable {
            name: "PORT",
            kind: "port",
            help: "write a number from 0 to 65535, unset it with `env -u PORT`, or say `--port 3000`, which beats it",
        },
        std::env::var_os("PORT"),
        |text| text.parse().ok(),
    )
}

/// `HOST`.
pub(super) fn host() -> Result<Option<IpAddr>, ProjectError> {
    variable(
        Variable {
            name: "HOST",
            kind: "IP address",
            help: "csh and conda set `HOST` to the machine's name: write an IP address, unset it with `env -u HOST`, or \
                   say `--host 127.0.0.1`, which beats it",
        },
        std::env::var_os("HOST"),
        host_address,
    )
}

/// `MIK_HOT_RELOAD`.
pub(super) fn hot_reload() -> Result<Option<bool>, ProjectError> {
    variable(
        Variable {
            name: "MIK_HOT_RELOAD",
            kind: "switch",
            help: "write `0` to serve files as they are when the server starts, `1` to take up changes, which is the \
                   default",
        },
        std::env::var_os("MIK_HOT_RELOAD"),
        |text| match text {
            "0" | "false" => Some(false),
            "1" | "true" => Some(true),
            _ => None,
        },
    )
}

/// `MIK_MAX_BODY_SIZE`, in bytes.
pub(super) fn max_body_size() -> Result<Option<u64>, ProjectError> {
    variable(
        Variable {
            name: "MIK_MAX_BODY_SIZE",
            kind: "size of a body",
            help: "write a number of bytes, at most 4 GiB, or unset it with `env -u MIK_MAX_BODY_SIZE`",
        },
        std::env::var_os("MIK_MAX_BODY_SIZE"),
        |text| {
            text.parse().ok().filter(|bytes| (1..=mebibytes(most(|server| &server.max_body_size_mb))).contains(bytes))
        },
    )
}

/// How much is said and logged while serving: `RUST_LOG`, where it is a level. What else it may be is other programs'
/// business: it is only said that it is not understood.
pub fn log_level(reporter: &Reporter) -> Option<Level> {
    let levels = [Level::Error, Level::Warn, Level::Info, Level::Debug, Level::Trace];
    let level = variable(
        Variable {
            name: "RUST_LOG",
            kind: "log level that is understood here",
            help: "write `error`, `warn`, `info`, `debug` or `trace`; it is taken as not set",
        },
        std::env::var_os("RUST_LOG"),
        |text| levels.into_iter().find(|level| level.name().eq_ignore_ascii_case(text)),
    );
    level.unwrap_or_else(|error| {
        reporter.warn(error);
        None
    })
}

/// The most that a key may be.
fn most<const DEFAULT: u64, const LEAST: u64, const MOST: u64>(
    _: fn(&ServerTable) -> &Option<Spanned<Number<DEFAULT, LEAST, MOST>>>,
) -> u64 {
    MOST
}

/// An address to listen on: an IP address, or `localhost`, which needs no resolver.
pub fn host_address(text: &str) -> Option<IpAddr> {
    text.parse().ok().map(|Address(address)| address)
}

/// A variable that is read.
pub(super) struct Variable {
    pub(super) name: &'static str,
    pub(super) kind: &'static str,
    pub(super) help: &'static str,
}

/// A variable's value. An empty one counts as none: it is how shells and compose files say "none".
pub(super) fn variable<T>(
    Variable { name, kind, help }: Variable,
    value: Option<OsString>,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, ProjectError> {
    let Some(value) = value.filter(|value| !value.is_empty()) else { return Ok(None) };
    match value.to_str().and_then(parse) {
        Some(parsed) => Ok(Some(parsed)),
        None => Err(ProjectError::InvalidVariable { name, kind, value: value.to_string_lossy().into_owned(), help }),
    }
}

/// A variable that names a file or a directory. An unset one and an empty one are the same, as in cargo; a relative path
/// is meant from where we are.
pub fn path_variable(name: &str) -> Option<PathBuf> {
    let value = std::env::var_os(name).filter(|value| !value.is_empty())?;
    Some(std::path::absolute(&value).unwrap_or_else(|_| PathBuf::from(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_variable_is_none_and_a_wrong_one_is_named() {
        let read = |value: Option<&str>| {
            let port = Variable { name: "PORT", kind: "port", help: "" };
            variable(port, value.map(Into::into), |text| text.parse::<u16>().ok())
        };
        assert_eq!(read(None).unwrap(), None);
        assert_eq!(read(Some("")).unwrap(), None);
        assert_eq!(read(Some("80")).unwrap(), Some(80));
        for wrong in ["http", "70000", " 80", "-1"] {
            assert_eq!(read(Some(wrong)).unwrap_err().to_string().matches("`PORT`").count(), 1, "{wrong}");
        }
    }

    #[test]
    fn localhost_needs_no_resolver() {
        assert_eq!(host_address("localhost"), Some(IpAddr::from([127, 0, 0, 1])));
        assert_eq!(host_address("::1"), "::1".parse().ok());
        assert_eq!(host_address("build.example.com"), None);
    }
}
