//! The tables of the schema and their keys.
//!
//! What is said here is said to everyone: the doc comments are the reference page's text, and the types' ranges and
//! defaults are what is checked, what is printed, and what the JSON Schema tells an editor.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::dependency::Dependency;
use super::values::{Address, EnvValue, Name, Number, Optimize, Panic, Spanned, WasmOpt};

/// A day. What takes longer is no request, and a clock must be able to tell when it is over.
const DAY: u64 = 24 * 60 * 60;
/// A minute between a save and its build would be taken for a watcher that does not work.
const MINUTE_IN_MILLIS: u64 = 60_000;
/// All that 32 bits address, in MiB.
const MEBIBYTES: u64 = 4096;
/// More bytes than 32 bits address are in no component that can be run.
const ALL_OF_IT: u64 = 1 << 32;
/// More are not in flight on one machine, and each counted one costs memory up front.
const REQUESTS: u64 = 100_000;
/// As good as without a bound, and no sum overflows.
const MANY: u64 = 1 << 20;

/// What `build.target` may be; the first is the default.
pub const TARGETS: [&str; 4] = ["wasm32-wasip2", "wasm32-unknown-unknown", "wasm32-wasip1", "auto"];

/// What `server.modules` is by default.
pub const MODULES: &str = "modules";

/// What `registry.default` is by default.
pub const REGISTRY: &str = "ghcr.io";

/// The configuration of `cargo mik`: `mik.toml`, or `[package.metadata.mik]` in `Cargo.toml`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
#[serde(default, expecting = "a table")]
pub struct Schema {
    /// What the project is called.
    pub project: ProjectTable,
    /// How handlers are compiled and shrunk.
    pub build: BuildTable,
    /// What handlers are composed with.
    pub composition: CompositionTable,
    /// The components that the project depends on, by name. `"user/repo" = "1.0"` is a version, a tag or a digest, of a component in the default
    /// registry, or in the one that the name begins with; `"namespace:package" = "1.0"` cargo's requirement of a package, whose registry wkg's configuration
    /// names. A table says another source: `registry` or `package` with `version`; `git`, with a `branch`, a `tag` or a `rev`;
    /// the `path` of a component or of a project; or a `url`, with the `sha256` that it has to have. `instance` names the import that it is given to,
    /// where that does not follow from the names.
    #[cfg_attr(feature = "schema", schemars(extend(
        "default" = {},
        "x-takes" = "table of versions, and of tables that say where a component comes from",
        "x-example" = "{ \"user/router\" = \"1.0.0\", utils = { path = \"../utils\" } }"
    )))]
    pub dependencies: Option<BTreeMap<String, Spanned<Dependency>>>,
    /// Where components are pulled from and published to.
    pub registry: RegistryTable,
    /// How components are served.
    pub server: ServerTable,
}

/// `project.*`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
#[serde(default, expecting = "a table")]
pub struct ProjectTable {
    /// The project's name, where no `[package]` in `Cargo.toml` says it.
    #[cfg_attr(feature = "schema", schemars(example = &"shop", extend("x-default" = "`name` of `[package]`")))]
    pub name: Option<Spanned<Name>>,
    /// The project's version, where no `[package]` says it.
    #[cfg_attr(feature = "schema", schemars(example = &"1.0.0", extend("x-default" = "`version` of `[package]`")))]
    pub version: Option<Spanned<String>>,
    /// What the project is for, where no `[package]` says it.
    #[cfg_attr(feature = "schema", schemars(example = &"Sells.", extend("x-default" = "`description` of `[package]`")))]
    pub description: Option<Spanned<String>>,
}

/// `build.*`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
#[serde(default, expecting = "a table")]
pub struct BuildTable {
    /// What handlers are compiled for. `wasm32-unknown-unknown` is the smallest: its standard library has no system.
    /// `auto` is that one, unless the handler or a crate that it depends on needs a system: then it is `wasm32-wasip2`, and a note says
    /// what needs it. `wasm32-wasip1` is encoded with the preview 1 adapter. Where neither the key nor the flag is there, one of these
    /// in `CARGO_BUILD_TARGET` or in cargo's own `build.target` counts.
    #[cfg_attr(
        feature = "schema",
        schemars(extend("enum" = TARGETS, "default" = TARGETS[0], "x-flag" = "--target"))
    )]
    pub target: Option<Spanned<String>>,
    /// What builds optimize for. `none`: the profile as it is. `size` and `speed`: what a component does not need to run is
    /// taken out, and in release the profile is set for small or for fast components, save what you have set yourself.
    #[cfg_attr(feature = "schema", schemars(example = &"size", extend("x-default" = "`size` in release, `none` in dev")))]
    pub optimize: Option<Spanned<Optimize>>,
    /// What becomes of panics in components that are optimized. `message`: they say what happened before they trap. `trap`:
    /// they trap, and what only formats their messages is cut out; this is the smallest. Either way the request is a 500.
    #[cfg_attr(feature = "schema", schemars(example = &"trap", extend("default" = "message")))]
    pub panic: Option<Spanned<Panic>>,
    /// Whether a component carries the list of the packages that it is compiled from, as cargo-auditable writes it: `cargo
    /// audit bin` and others read it. It tells names and versions, and of where each comes from only `crates.io`, `registry`,
    /// `git` or `local`.
    #[cfg_attr(feature = "schema", schemars(extend("default" = false)))]
    pub auditable: Option<Spanned<bool>>,
    /// How many bytes a component may have: a build that makes a larger one fails, and says which crates it is made of. The
    /// component of an earlier build stays.
    #[cfg_attr(feature = "schema", schemars(example = 98_304, extend("default" = null)))]
    pub max_size: Option<Spanned<Number<ALL_OF_IT, 1, ALL_OF_IT>>>,
    /// Whether Binaryen's `wasm-opt` takes part where components are optimized. `auto`: the one on `PATH`, where there is one. `true`: there has
    /// to be one. `false`: none. A path, relative to the file that sets it: that one. Which it was is said, and with another one
    /// components are built again.
    #[cfg_attr(
        feature = "schema",
        schemars(
            example = &"tools/wasm-opt",
            extend("default" = "auto", "x-environment" = "MIK_WASM_OPT", "x-takes" = "`\"auto\"`, `true`, `false`, or a path")
        )
    )]
    pub wasm_opt: Option<Spanned<WasmOpt>>,
}

/// `composition.*`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
#[serde(default, expecting = "a table")]
pub struct CompositionTable {
    /// Whether to compose with the bridge. `true`: always, and a component that does not export `mik:core/handler` is an
    /// error. `false`: never.
    #[cfg_attr(
        feature = "schema",
        schemars(example = true, extend("x-default" = "`true` where the component exports `mik:core/handler`"))
    )]
    pub http_handler: Option<Spanned<bool>>,
    /// Whether dependencies are plugged into every import that they export. `false`: only where `instance` says so, in the
    /// dependency's own table.
    #[cfg_attr(feature = "schema", schemars(extend("default" = true)))]
    pub plug: Option<Spanned<bool>>,
    /// The path of another bridge component, relative to the file that sets it.
    #[cfg_attr(feature = "schema", schemars(example = &"bridge.wasm", extend("x-path" = true, "x-default" = "the one in `cargo mik`")))]
    pub bridge: Option<Spanned<String>>,
}

/// `registry.*`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
#[serde(default, expecting = "a table")]
pub struct RegistryTable {
    /// The registry of references that name none, such as `user/repo:1.0`.
    #[cfg_attr(
        feature = "schema",
        schemars(example = &"registry.example.com", extend("default" = REGISTRY, "x-environment" = "MIK_REGISTRY"))
    )]
    pub default: Option<Spanned<String>>,
    /// The repository that `cargo mik publish` pushes to where it is given none, such as `user/shop`; the tag is the package's
    /// version.
    #[cfg_attr(
        feature = "schema",
        schemars(
            example = &"registry.example.com/team/shop",
            extend("x-default" = "the package's name in `registry.default`, where that is set")
        )
    )]
    pub publish: Option<Spanned<String>>,
    /// Where components of a registry are looked for first: another registry, with a path where it keeps them below one. What it
    /// does not have comes from the registry itself. Nothing is published to a mirror. `MIK_REGISTRY_MIRRORS` is a list such as
    /// `ghcr.io=mirror.example.com/ghcr`, with commas between.
    #[cfg_attr(
        feature = "schema",
        schemars(extend(
            "default" = {},
            "x-example" = "{ \"ghcr.io\" = \"mirror.example.com/ghcr\" }",
            "x-environment" = "MIK_REGISTRY_MIRRORS",
            "x-takes" = "table of strings"
        ))
    )]
    pub mirrors: Option<BTreeMap<String, Spanned<String>>>,
    /// Registries that may be spoken to in plain HTTP, such as `registry.local:5000`: whoever is between sees what you send, passwords
    /// among it. Those on loopback need not be named. `MIK_REGISTRY_INSECURE` is a list with commas between.
    #[cfg_attr(
        feature = "schema",
        schemars(extend(
            "default" = [],
            "x-example" = "[\"registry.local:5000\"]",
            "x-environment" = "MIK_REGISTRY_INSECURE"
        ))
    )]
    pub insecure: Option<Spanned<Vec<Spanned<String>>>>,
}

/// `server.*`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
#[serde(default, expecting = "a table")]
pub struct ServerTable {
    /// The port to listen on; 0 asks for a free one. An empty `PORT` counts as none.
    #[cfg_attr(feature = "schema", schemars(extend("x-environment" = "PORT", "x-flag" = "--port")))]
    pub port: Option<Spanned<Number<3000, 0, 65535>>>,
    /// The address to listen on: `127.0.0.1` for this machine only, `0.0.0.0` for every IPv4 interface. An empty `HOST`
    /// counts as none.
    #[cfg_attr(feature = "schema", schemars(extend("x-environment" = "HOST", "x-flag" = "--host")))]
    pub host: Option<Spanned<Address>>,
    /// The whole environment of this package's guest, and of no other's. `{ from = "NAME" }` copies one variable of the
    /// host's, which has to be set.
    #[cfg_attr(feature = "schema", schemars(extend("default" = {}, "x-example" = "{ GREETING = \"hello\", TOKEN = { from = \"SHOP_TOKEN\" } }")))]
    pub env: Option<BTreeMap<String, Spanned<EnvValue>>>,
    /// The longest that a request may take, in seconds, from first byte to last: a slow upload, a slow handler and a slow
    /// reader all count.
    pub execution_timeout_secs: Option<Spanned<Number<30, 1, DAY>>>,
    /// The most memory that an instance may have, in MiB.
    pub memory_limit_mb: Option<Spanned<Number<128, 1, MEBIBYTES>>>,
    /// How many requests may be in flight; the excess waits up to a second, then 503. Connections are not counted.
    pub max_concurrent_requests: Option<Spanned<Number<1000, 1, REQUESTS>>>,
    /// The largest request body, in MiB. `MIK_MAX_BODY_SIZE` is in bytes, and the guest is given it.
    #[cfg_attr(feature = "schema", schemars(extend("x-environment" = "MIK_MAX_BODY_SIZE")))]
    pub max_body_size_mb: Option<Spanned<Number<10, 1, MEBIBYTES>>>,
    /// How long requests in flight may take to finish at shutdown, in seconds.
    pub shutdown_timeout_secs: Option<Spanned<Number<30, 0, DAY>>>,
    /// An upper bound on how long a finished save is waited for, in milliseconds.
    pub watch_debounce_ms: Option<Spanned<Number<300, 0, MINUTE_IN_MILLIS>>>,
    /// The directory of components, each served at `/run/<name>/`; relative to the file that sets it. It need not be there.
    #[cfg_attr(feature = "schema", schemars(extend("x-path" = true, "default" = MODULES, "x-flag" = "--modules")))]
    pub modules: Option<Spanned<String>>,
    /// A directory served at `/static/`; relative to the file that sets it.
    #[cfg_attr(feature = "schema", schemars(example = &"public", extend("x-path" = true)))]
    #[serde(rename = "static")]
    pub static_directory: Option<Spanned<String>>,
    /// How many compiled modules are kept in memory.
    pub cache_size: Option<Spanned<Number<100, 1, REQUESTS>>>,
    /// How much compiled code is kept in memory, in MiB.
    pub max_cache_mb: Option<Spanned<Number<256, 1, MANY>>>,
    /// The hosts that this package's guest may send requests to. An entry is a host (`api.example.com`), every host
    /// below one (`*.example.com`), an address (`10.0.0.5`, `[2001:db8::5]`) or every host and port (`*`). A scheme
    /// before it (`https://api.example.com`) allows that scheme alone; a port behind it (`api.example.com:8443`,
    /// `api.example.com:*`) allows that port in place of the scheme's own, 80 or 443.
    #[cfg_attr(feature = "schema", schemars(extend("default" = [], "x-example" = "[\"api.example.com\", \"https://*.example.org:8443\"]")))]
    pub http_allowed: Option<Spanned<Vec<Spanned<String>>>>,
    /// Whether allowed names may also resolve to loopback, private, link-local and other addresses that are not the
    /// internet's. An address that is itself in `http_allowed` needs no such leave.
    #[cfg_attr(feature = "schema", schemars(extend("default" = false)))]
    pub http_allow_private: Option<Spanned<bool>>,
    /// A file of certificates (PEM), relative to the file that sets it, whose authorities are trusted besides the
    /// system's for requests that this package's guest sends.
    #[cfg_attr(feature = "schema", schemars(example = &"ca.pem", extend("x-path" = true)))]
    pub http_ca_file: Option<Spanned<String>>,
    /// The largest body of an answer to a request that the guest sends, in MiB. The guest gets the error
    /// `HTTP-response-body-size` for a larger one.
    pub http_max_response_mb: Option<Spanned<Number<100, 1, MEBIBYTES>>>,
    /// How many requests to one module may be in flight; the excess waits up to a second, then 503 with a `Retry-After`.
    /// Who waits for one module holds up no other.
    pub max_per_module_requests: Option<Spanned<Number<10, 1, REQUESTS>>>,
    /// How many requests one instance may answer, one after the other, before it is dropped. With 1 no request sees
    /// anything that another left behind. With more, what a handler keeps in its memory is there for the next request; an
    /// instance that failed, was denied memory or keeps what belongs to a request is dropped all the same, and one that is
    /// idle for 30 seconds.
    pub instance_reuse: Option<Spanned<Number<1, 1, MANY>>>,
    /// A file for the log, besides standard error; relative to the file that sets it.
    #[cfg_attr(feature = "schema", schemars(example = &"mik.log", extend("x-path" = true)))]
    pub log_file: Option<Spanned<String>>,
    /// The size at which the log file is rotated, in MiB.
    pub log_max_size_mb: Option<Spanned<Number<10, 1, MEBIBYTES>>>,
    /// How many rotated log files are kept.
    pub log_max_files: Option<Spanned<Number<5, 1, 1000>>>,
}
