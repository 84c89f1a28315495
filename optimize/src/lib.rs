//! Makes WebAssembly components smaller, by passes that know components. From bytes to bytes: no I/O, no engine, no
//! `unsafe`, and the same output for the same input.
//!
//! ```
//! use mik_optimize::{Options, optimize};
//!
//! # let component = b"\0asm\x0d\0\x01\0";
//! let output = optimize(component, &Options::default())?;
//! assert!(output.bytes.len() <= component.len());
//! # Ok::<(), mik_optimize::Error>(())
//! ```
//!
//! # How it works
//!
//! A component is taken apart, down to the core modules in its nested components. Each is given to the passes; each pass
//! takes bytes and gives bytes. What a pass makes is validated, with the features that wasmtime 48 has on, and taken where it
//! is smaller. This goes on until nothing gets smaller: so the whole is idempotent, and it ends.
//!
//! | pass | on | what it does |
//! |---|---|---|
//! | `strip-debug` | modules | takes out what speaks of positions in the code |
//! | `shorten-numbers` | modules | writes every number in its shortest form |
//! | `trap-panics` | modules | [`Panic::Trap`]: ways into a panic become `unreachable` |
//! | `strip` | modules | takes out names and tools' sections |
//! | `clean-code` | modules | takes out instructions and locals that do nothing |
//! | `shape-branches` | modules | blocks that a condition leaves become `if` and `else` |
//! | `dead-code` | modules | takes out what nothing reaches; inside a component, exports that nothing takes as well |
//! | `inline-calls` | modules | functions that are called once, or are no longer than their calls, go into their callers |
//! | `merge-functions` | modules | equal functions become one, those that call each other included |
//! | `merge-types` | modules | equal types become one |
//! | `order-functions` | modules | the functions that are named most get the shortest numbers |
//! | `pack-data` | modules | zeros that memory has anyway are not written |
//! | `strip-component` | components | takes out names and tools' sections |
//! | `direct-imports` | components | what a module imports from outside is handed to it, and not by way of a table |
//! | `prune-arguments` | components | what a module or a nested component does not import is not handed to it |
//! | `merge-definitions` | components | equal modules, components, types, aliases and lowered functions become one |
//! | `unused-definitions` | components | takes out what nothing uses, imports included |
//! | `short-names` | components | core modules inside know each other by short names |
//! | `short-labels` | components | what is handed to nested components, and taken from them, has short names |
//! | `group-definitions` | components | definitions of one kind stand together, in one section |
//!
//! The file of each pass opens with why it is sound. All of them rest on one thing: `wasm_encoder`'s re-encoder maps every index
//! that it writes, so a walker that stands behind that map has seen every reference; one that was forgotten would not be
//! renumbered either, and validation would say so.
//!
//! Through all of them it is kept where each instruction comes from: see [`Origins`].
//!
//! # What stays as it is
//!
//! - What a host sees: exports, their order and types, and the imports that are used. A component may import less than
//!   before.
//! - When something traps, but for stack overflow, which comes later where there is less code; with [`Panic::Trap`] a panic
//!   traps without what it would have said.
//! - Custom sections that are not named in `strip`, and what the component is called; of what is nested in it the names go.
//! - Object files: a module with `linking` or `reloc.*` sections that is not inside a component is given back as it is.
//!
//! # References
//!
//! - [WebAssembly core specification 3.0](https://webassembly.github.io/spec/core/): validation and execution as cited in the
//!   passes.
//! - [Component model](https://github.com/WebAssembly/component-model/tree/main/design/mvp): `Explainer.md`, `Binary.md`.
//! - J. E. Hopcroft, *An n log n algorithm for minimizing states in a finite automaton*, 1971: the partition refinement behind
//!   `merge-functions`.
#![forbid(unsafe_code)]

mod component;
mod core;
mod debug;
mod error;
mod manager;
mod module;
mod options;
mod origins;
mod outside;
mod sizes;
mod statistics;
mod symbol;
mod validate;

pub use self::debug::{Frame, Layout, Place, Positions, Symbols, layout, modules, side_car};
pub use self::error::{Dangling, Error, PassError};
pub use self::options::{Names, Options, Panic};
pub use self::origins::{FunctionOrigins, ModuleOrigins, Origins};
pub use self::outside::{Outside, Refused, Rewritten};
pub use self::sizes::{DataSize, FunctionSize, ModuleSizes, Sizes, crate_of};
pub use self::statistics::Statistic;
pub use self::validate::FEATURES;

/// What the passes made.
#[derive(Clone, Debug)]
pub struct Optimized {
    /// The module or component.
    pub bytes: Vec<u8>,
    /// What each pass has saved, in the order in which they ran.
    pub statistics: Vec<Statistic>,
    /// Where its code comes from.
    pub origins: Origins,
    /// Why what an outside optimizer has made of a module was not taken, one for each such module.
    pub refused: Vec<Refused>,
}

/// Makes a component, or a core module, as small as the passes can.
///
/// # Errors
///
/// Where the input is not valid, and where a pass fails, which is a bug in it: the caller can go on with its input.
pub fn optimize(input: &[u8], options: &Options) -> Result<Optimized, Error> {
    optimize_further(input, options, &Origins::default())
}

/// The same with what was made before, or with a component of which it is a part: where its code comes from is told from there.
///
/// # Errors
///
/// As of [`optimize`].
pub fn optimize_further(input: &[u8], options: &Options, origins: &Origins) -> Result<Optimized, Error> {
    optimize_with(input, options, origins, None)
}

/// The same with the help of an optimizer of core modules that is not of this crate. What comes of it is as that optimizer makes it:
/// a second run may find more.
///
/// # Errors
///
/// As of [`optimize`]; what the outside optimizer does wrong is none, see [`Optimized::refused`].
pub fn optimize_with(
    input: &[u8],
    options: &Options,
    origins: &Origins,
    outside: Option<&dyn Outside>,
) -> Result<Optimized, Error> {
    finish(manager::Manager::new(options, origins, outside), input)
}

/// The names of all passes, as statistics have them.
pub fn passes() -> impl Iterator<Item = &'static str> {
    let of_modules = core::ONCE.iter().chain(core::REPEATED).map(|pass| pass.name());
    let of_components = component::once(true).iter().chain(component::REPEATED).map(|pass| pass.name());
    of_modules.chain([component::direct::NAME]).chain(of_components)
}

/// What one pass alone makes, run until nothing gets smaller: for those who look for the pass that is at fault. A name that is
/// not among [`passes`] is that of a pass that does nothing.
///
/// # Errors
///
/// As of [`optimize`].
pub fn run_pass(pass: &str, input: &[u8], options: &Options) -> Result<Optimized, Error> {
    let origins = Origins::default();
    let mut manager = manager::Manager::new(options, &origins, None);
    manager.only = Some(pass);
    finish(manager, input)
}

fn finish(mut manager: manager::Manager<'_>, input: &[u8]) -> Result<Optimized, Error> {
    validate::bounded(input)?;
    validate::validate(input).map_err(Error::InvalidInput)?;
    let bytes = manager.run(input)?;
    let origins = manager.origins(&bytes)?;
    Ok(Optimized { bytes, statistics: manager.statistics, origins, refused: manager.refused })
}
