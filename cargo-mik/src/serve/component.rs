//! Components from disk: what kind of file it is, whether it answers HTTP, and its compilation.

use std::path::Path;
use std::sync::Arc;

use wasmtime::component::{Component, InstancePre};
use wasmtime_wasi_http::handler::{ProxyHandler, ProxyPre};
use wasmtime_wasi_http::{p2, p3};

use super::error::{Detail, ServeError};
use super::guest::{Grant, Guest};
use super::host::Host;
use super::instance::Instances;
use super::module::Version;
use crate::tools::{digest, files};

/// A component's bytes.
pub(super) struct Binary<'a> {
    path: &'a Path,
    bytes: Vec<u8>,
    pub(super) digest: String,
}

impl Host {
    /// Reads a component.
    pub(super) fn read<'a>(&self, path: &'a Path) -> Result<Binary<'a>, ServeError> {
        let bytes = files::read(path).map_err(|source| ServeError::Read { source })?;
        let digest = digest::of(&bytes);
        Ok(Binary { path, bytes, digest })
    }

    /// Compiles a component and links it with what the host offers.
    pub(super) fn compile(&self, module: &str, binary: Binary<'_>, grant: Grant) -> Result<Arc<Version>, ServeError> {
        let Binary { path, bytes, digest } = binary;
        let machine = self.machine();
        let failed = |error: &wasmtime::Error| ServeError::Compile { path: path.into(), source: Detail::of(error) };
        let component = self.code(module, &bytes, || {
            check_kind(path, &bytes)?;
            Component::from_binary(&machine.engine, &bytes).map_err(|error| failed(&error))
        })?;
        let exports = Exports::of(&component);
        let world = exports.world(path)?;
        let linked = machine.linker.instantiate_pre(&component).map_err(|error| import_error(path, &error))?;
        let linked = world.pre(linked).map_err(|error| failed(&error))?;
        Ok(self.version(module, digest, linked, grant))
    }

    /// The same component with another grant. Nothing of it is compiled again.
    pub(super) fn grant(&self, module: &str, version: &Version, grant: Grant) -> Arc<Version> {
        self.version(module, version.digest.clone(), version.linked.clone(), grant)
    }

    fn version(&self, module: &str, digest: String, linked: Linked, grant: Grant) -> Arc<Version> {
        let handler = ProxyHandler::new(Instances::new(self, module, linked.pre(), &grant));
        Arc::new(Version { digest, linked, grant, handler })
    }
}

/// A wasm file opens with its magic number, then a version: 1 of core modules, with layer 1 set for components.
fn check_kind(path: &Path, bytes: &[u8]) -> Result<(), ServeError> {
    let path = || path.to_owned();
    if !bytes.starts_with(b"\0asm") {
        return Err(ServeError::NotWasm { path: path() });
    }
    if bytes.get(4..8) == Some(&[1, 0, 0, 0]) {
        return Err(ServeError::CoreModule { path: path() });
    }
    // Before compilation, so that what is wrong with the file isn't taken for a fault of the compiler's.
    let features = wasmparser::WasmFeatures::all();
    let validated = wasmparser::Validator::new_with_features(features).validate_all(bytes);
    validated.map(drop).map_err(|error| ServeError::Invalid { path: path(), source: Detail(error.to_string()) })
}

/// What a component exports, by name.
struct Exports(Vec<String>);

/// The version of WASI HTTP that a component answers by.
enum World {
    P2,
    P3,
}

impl Exports {
    fn of(component: &Component) -> Self {
        let component_type = component.component_type();
        Self(component_type.exports(component.engine()).map(|(name, _)| name.to_owned()).collect())
    }

    fn world(&self, path: &Path) -> Result<World, ServeError> {
        let find = |prefix: &str| self.0.iter().find(|name| name.starts_with(prefix));
        if find("wasi:http/handler@0.3.").is_some() {
            return Ok(World::P3);
        }
        if find("wasi:http/incoming-handler@0.2.").is_some() {
            return Ok(World::P2);
        }
        if let Some(export) = find("mik:core/handler") {
            return Err(ServeError::NotComposed { path: path.to_owned(), export: export.clone() });
        }
        let exports = match self.0.as_slice() {
            [] => "nothing".to_owned(),
            names => names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
        };
        Err(ServeError::NoHandler { path: path.to_owned(), exports })
    }
}

impl World {
    fn pre(self, linked: InstancePre<Guest>) -> wasmtime::Result<Linked> {
        Ok(match self {
            Self::P2 => Linked::P2(p2::bindings::ProxyPre::new(linked)?),
            Self::P3 => Linked::P3(p3::bindings::ServicePre::new(linked)?),
        })
    }
}

/// A component, compiled and linked. Unlike wasmtime's [`ProxyPre`] it can be had more than once.
#[derive(Clone)]
pub(super) enum Linked {
    P2(p2::bindings::ProxyPre<Guest>),
    P3(p3::bindings::ServicePre<Guest>),
}

impl Linked {
    fn pre(&self) -> ProxyPre<Guest> {
        match self.clone() {
            Self::P2(pre) => ProxyPre::P2(pre),
            Self::P3(pre) => ProxyPre::P3(pre),
        }
    }
}

/// The import that could not be linked is the first name that wasmtime's message quotes.
fn import_error(path: &Path, error: &wasmtime::Error) -> ServeError {
    let message = format!("{error:#}");
    match message.split('`').nth(1) {
        Some(import) => {
            let import = import.to_owned();
            ServeError::Import { path: path.to_owned(), import, source: Detail(message) }
        }
        None => ServeError::Compile { path: path.to_owned(), source: Detail(message) },
    }
}

#[cfg(test)]
mod tests {
    use super::super::failure::Bounds;
    use super::super::host::Mode;
    use super::*;
    use crate::project::{GuestSettings, ServerSettings};
    use crate::report::{Reporter, Shell};

    /// What is said of a file with this content.
    fn refusal(content: &[u8]) -> ServeError {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.wasm");
        files::write(&path, content).unwrap();
        let reporter = Reporter::new(Shell::from_write(Box::new(std::io::sink()), Box::new(std::io::sink())));
        let settings = ServerSettings { max_concurrent_requests: 1, ..ServerSettings::default() };
        let host = Host::new(&settings, Mode::Production, &reporter).unwrap();
        let grant = Grant { guest: GuestSettings::default(), bounds: Bounds::of(&settings) };
        let refused = host.read(&path).and_then(|binary| host.compile("x", binary, grant));
        refused.err().unwrap()
    }

    fn refusal_of_wat(text: &str) -> ServeError {
        refusal(&wat::parse_str(text).unwrap())
    }

    #[test]
    fn files_that_are_no_components_are_told_apart() {
        assert!(matches!(refusal(b"hello"), ServeError::NotWasm { .. }));
        assert!(matches!(refusal(b""), ServeError::NotWasm { .. }));
        assert!(matches!(refusal_of_wat("(module)"), ServeError::CoreModule { .. }));
        let component = wat::parse_str("(component (core module))").unwrap();
        assert!(matches!(refusal(&component[..component.len() - 1]), ServeError::Invalid { .. }));
    }

    #[test]
    fn components_that_answer_no_http_say_what_they_are() {
        let exports = |error| match error {
            ServeError::NoHandler { exports, .. } => exports,
            other => panic!("{other:?}"),
        };
        assert_eq!(exports(refusal_of_wat("(component)")), "nothing");
        let command = r#"(component (instance $i) (export "wasi:cli/run@0.2.0" (instance $i)))"#;
        assert_eq!(exports(refusal_of_wat(command)), "`wasi:cli/run@0.2.0`");
        let handler = r#"(component (instance $i) (export "mik:core/handler@0.1.0" (instance $i)))"#;
        assert!(matches!(refusal_of_wat(handler), ServeError::NotComposed { .. }));
    }

    #[test]
    fn an_import_that_is_not_there_is_named() {
        let needy = r#"(component
            (import "acme:db/store@1.0.0" (instance $store (export "get" (func))))
            (core module $code (func (export "handle")))
            (core instance $code (instantiate $code))
            (func $handle (canon lift (core func $code "handle")))
            (instance $handler (export "handle" (func $handle)))
            (export "wasi:http/incoming-handler@0.2.0" (instance $handler)))"#;
        match refusal_of_wat(needy) {
            ServeError::Import { import, .. } => assert_eq!(import, "acme:db/store@1.0.0"),
            other => panic!("{other:?}"),
        }
    }
}
