//! What of a package becomes a component: its library where it is a `cdylib`, and the examples that were asked for.

use cargo_metadata::{CrateType, TargetKind};
use serde::Serialize;

use super::BuildArguments;

/// One component to be built.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unit {
    /// The component's name: the package's for its library, the example's own for an example.
    pub name: String,
    /// The name of cargo's build target, as its messages spell it.
    pub crate_name: String,
    /// What kind of build target it is.
    pub kind: UnitKind,
}

/// A kind of build target that can be a component.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum UnitKind {
    /// The package's library.
    Lib,
    /// An example.
    Example,
}

/// The units of a package, under the selection that was typed.
pub(super) fn of_package(package: &cargo_metadata::Package, arguments: &BuildArguments) -> Vec<Unit> {
    let examples_only = (arguments.all_examples || !arguments.examples.is_empty()) && !arguments.lib;
    package
        .targets
        .iter()
        .filter(|target| target.crate_types.contains(&CrateType::CDyLib))
        .filter_map(|target| {
            if target.is_kind(TargetKind::Example) {
                let asked = arguments.all_examples || arguments.examples.contains(&target.name);
                asked.then(|| Unit {
                    name: target.name.clone(),
                    crate_name: target.name.clone(),
                    kind: UnitKind::Example,
                })
            } else {
                (!examples_only).then(|| Unit {
                    name: package.name.to_string(),
                    crate_name: target.name.clone(),
                    kind: UnitKind::Lib,
                })
            }
        })
        .collect()
}
