//! The passes over core modules, one file each.

mod branches;
mod clean;
mod data;
mod functions;
mod inline;
mod order;
mod reach;
mod shorten;
mod strip;
mod trap;
mod types;

use std::collections::BTreeSet;

pub(crate) use self::reach::DeadCode;
use crate::error::PassError;
use crate::options::Options;
use crate::origins::Made;

/// What a pass over a core module may know of the world around it.
pub(crate) struct Context<'c> {
    pub(crate) options: &'c Options,
    /// Whether the module is inside a component: then nobody links it, and nobody reads its metadata.
    pub(crate) is_enclosed: bool,
    /// The exports that somebody uses, where that is known.
    pub(crate) exports: Option<&'c BTreeSet<String>>,
}

/// A pass over a core module. What it gives back is taken where it is valid and smaller.
pub(crate) trait Pass {
    /// What statistics and errors call it.
    fn name(&self) -> &'static str;

    /// From a valid module to a valid module.
    fn run(&self, module: &[u8], context: &Context<'_>) -> Result<Made, PassError>;

    /// Whether what it makes is taken where it is as large as before, too: an order that depends on nothing but what is ordered.
    fn is_canonical(&self) -> bool {
        false
    }
}

/// What is done once, in this order. Positions in the code go before the code changes, names after they were read.
/// The order comes before what chooses by it.
pub(crate) const ONCE: &[&dyn Pass] = &[
    &strip::StripDebug,
    &shorten::ShortenNumbers,
    &clean::CleanCode,
    &trap::TrapPanics,
    &strip::Strip,
    &order::OrderFunctions,
];

/// What is done until nothing gets smaller.
pub(crate) const REPEATED: &[&dyn Pass] = &[
    // Where names are kept: that a function never comes back may show only after others have changed.
    &trap::TrapPanics,
    &clean::CleanCode,
    &branches::ShapeBranches,
    &reach::DeadCode,
    &inline::InlineCalls,
    &functions::MergeFunctions,
    &types::MergeTypes,
    &order::OrderFunctions,
    &data::PackData,
];
