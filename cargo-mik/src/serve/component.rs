//! Components from disk: what kind of file it is, whether it answers HTTP, and its compilation.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use wasmtime::component::{Component, InstancePre};
use wasmtime_wasi_http::handler::ProxyPre;
use wasmtime_wasi_http::{p2, p3};

use super::cache::Keep;
use super::engine::Machine;
use super::error::{Detail, ServeError};
use super::guest::{Grant, Guest};
use super::host::Host;
use super::instance::{Handler, Instances};
use super::module::Version;
use crate::stages::{self, Interface};
use crate::tools::{digest, files};

/// The largest component that is read, in bytes: the file's size is not ours to decide, what it is read into is.
pub(super) const COMPONENT_MOST: u64 = 512 << 20;

/// A component's file, read: one that is whole, as far as can be told without its code, and that answers HTTP.
pub(super) struct Binary {
    path: PathBuf,
    bytes: Vec<u8>,
    interface: Interface,
    /// The SHA-256 of the file.
    pub(super) digest: String,
}

impl Binary {
    /// Reads a component. What its code has wrong, compilation tells; a file that is cut short is told here.
    pub(super) fn read(path: &Path) -> Result<Self, ServeError> {
        let read = files::read_at_most(path, COMPONENT_MOST).map_err(|source| ServeError::Read { source })?;
        let bytes = read.ok_or_else(|| ServeError::TooLarge { path: path.to_owned(), limit: COMPONENT_MOST })?;
        let interface = interface(path, &bytes)?;
        let digest = digest::of(&bytes);
        Ok(Self { path: path.to_owned(), bytes, interface, digest })
    }
}

/// A component, compiled and linked.
pub(super) struct Code {
    /// The SHA-256 of the component's file.
    pub(super) digest: String,
    /// How much memory it takes, in bytes.
    pub(super) size: u64,
    /// What compiled it, and runs it.
    pub(super) machine: Arc<Machine>,
    linked: Linked,
}

impl Host {
    /// Compiles a component and links it with what the host offers. A handler is composed with the bridge first.
    pub(super) fn compile(&self, module: &str, binary: Binary, keep: Keep) -> Result<Arc<Code>, ServeError> {
        let Binary { path, mut bytes, interface, digest } = binary;
        if !interface.exports_http() {
            validate(&path, &bytes)?;
            bytes = stages::with_bridge(&bytes, module)
                .map_err(|error| ServeError::Compose { path: path.clone(), source: Detail::of_stage(&error) })?;
        }
        let failed = |error: &wasmtime::Error| ServeError::Compile { path: path.clone(), source: Detail::of(error) };
        let compile = |machine: &Machine| {
            let begin = Instant::now();
            let component = Component::from_binary(&machine.engine, &bytes);
            self.metrics().compiled(begin.elapsed());
            // What is wrong with the file is no fault of the compiler's. Only now: it validates as well, and somebody waits.
            component.map_err(|error| validate(&path, &bytes).err().unwrap_or_else(|| failed(&error)))
        };
        let mut machine = self.machines().first().clone();
        let component = match self.code(module, &bytes, keep, || compile(&machine)) {
            Err(ServeError::Compile { path, source }) => {
                self.console().detail("Compiling", format!("{module} again, by another compiler: {}", source.0));
                let unable = ServeError::Compile { path, source };
                machine = self.machines().second()?.ok_or(unable)?;
                compile(&machine)?
            }
            component => component?,
        };
        let image = component.image_range();
        let size = (image.end as u64).saturating_sub(image.start as u64);
        let linked = machine.linker.instantiate_pre(&component).map_err(|error| import_error(&path, &error))?;
        let linked = Linked::new(linked, interface.exports_http_p3()).map_err(|error| failed(&error))?;
        Ok(Arc::new(Code { digest, size, machine, linked }))
    }

    /// What answers requests: code, with what it is granted.
    pub(super) fn version(&self, module: &str, code: Arc<Code>, grant: Grant) -> Arc<Version> {
        let handler = Handler::new(Instances::new(self, module, code.linked.pre(), code.clone(), &grant));
        Arc::new(Version { code, grant, handler })
    }
}

/// What a component exports. A wasm file opens with its magic number, then a version: 1 of core modules, with layer 1
/// set for components.
fn interface(path: &Path, bytes: &[u8]) -> Result<Interface, ServeError> {
    let path = || path.to_owned();
    if !bytes.starts_with(b"\0asm") {
        return Err(ServeError::NotWasm { path: path() });
    }
    if bytes.get(4..8) == Some(&[1, 0, 0, 0]) {
        return Err(ServeError::CoreModule { path: path() });
    }
    let interface = Interface::of(bytes)
        .map_err(|error| ServeError::Invalid { path: path(), source: Detail(error.to_string()) })?;
    if interface.exports_http() || interface.exports_handler() {
        return Ok(interface);
    }
    let exports = match interface.exports.as_slice() {
        [] => "nothing".to_owned(),
        names => names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
    };
    Err(ServeError::NoHandler { path: path(), exports })
}

/// What is wrong with a file, if it is that.
fn validate(path: &Path, bytes: &[u8]) -> Result<(), ServeError> {
    let features = wasmparser::WasmFeatures::all();
    let validated = wasmparser::Validator::new_with_features(features).validate_all(bytes);
    let invalid = |error: wasmparser::BinaryReaderError| ServeError::Invalid {
        path: path.to_owned(),
        source: Detail(error.to_string()),
    };
    validated.map(drop).map_err(invalid)
}

/// A component, compiled and linked. Unlike wasmtime's [`ProxyPre`] it can be had more than once.
#[derive(Clone)]
enum Linked {
    P2(p2::bindings::ProxyPre<Guest>),
    P3(p3::bindings::ServicePre<Guest>),
}

impl Linked {
    fn new(linked: InstancePre<Guest>, is_p3: bool) -> wasmtime::Result<Self> {
        Ok(match is_p3 {
            false => Self::P2(p2::bindings::ProxyPre::new(linked)?),
            true => Self::P3(p3::bindings::ServicePre::new(linked)?),
        })
    }

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
    use super::super::mode::Mode;
    use super::*;
    use crate::project::ServerSettings;
    use crate::report::{Reporter, Shell};

    /// What is said of a file with this content.
    fn refusal(content: &[u8]) -> ServeError {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.wasm");
        files::write(&path, content).unwrap();
        let reporter = Reporter::new(Shell::from_write(Box::new(std::io::sink()), Box::new(std::io::sink())));
        let settings = ServerSettings { max_concurrent_requests: 1, ..ServerSettings::default() };
        let host = Host::new(&settings, Mode::Production, &reporter).unwrap();
        let refused = Binary::read(&path).and_then(|binary| host.compile("x", binary, Keep::Never));
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
    }

    #[test]
    fn what_only_looks_like_a_handler_can_not_be_composed() {
        let handler = r#"(component (instance $i) (export "mik:core/handler@0.1.0" (instance $i)))"#;
        assert!(matches!(refusal_of_wat(handler), ServeError::Compose { .. }));
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
