//! What a project depends on: from the names in its configuration to components on this machine, pinned in `mik.lock`.
//!
//! ```text
//! project::Dependents ─▶ resolve ─▶ source: path, url (download), git, registry, packages ─▶ component: is it one? ─▶ store
//!                           │                                                                              │
//!                           └────────────────────────── lock ◀────── name, source, digest, exports ◀───────┘
//! ```
//!
//! Nothing is written to the project before everything is there.

mod component;
mod cycle;
mod download;
mod edit;
mod error;
mod git;
mod guard;
mod lock;
mod packages;
mod problem;
mod published;
pub mod registry;
mod resolve;
mod source;
mod store;
mod vendor;

pub use self::edit::{Edited, add, remove};
pub use self::error::{DependencyError, DepsError};
pub use self::lock::{LockFile, version};
pub use self::packages::{PackageError, Packages, newest, package_spec};
pub use self::problem::{GitWords, Problem};
pub use self::resolve::{Content, Outdated, Resolution, Resolved, Update, outdated, resolve};
pub use self::store::{Kept, Store};
pub use self::vendor::vendor;
