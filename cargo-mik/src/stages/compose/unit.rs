//! What a build has made and what it is composed with: the dependencies that it imports something of, and then a bridge.

use super::bridge;
use super::declared::declared;
use super::error::{ByHand, CompositionError};
use super::graph::{Joined, Open, Piece, join};
use super::wiring::Rules;
use crate::plan::{Component, UnitPlan};
use crate::project::Composition;
use crate::report::Reporter;
use crate::stages::{StageError, place};

/// With what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct How<'p> {
    /// When with a bridge, and with which.
    pub(crate) composition: &'p Composition,
    /// Whether dependencies are given to what they fit.
    pub(crate) plug: bool,
    /// The dependencies.
    pub(crate) components: &'p [Component],
}

/// Composes a component; nothing is what one gets that goes as it is.
pub(crate) fn compose(
    component: &[u8],
    how: How<'_>,
    unit: &UnitPlan,
    reporter: &Reporter,
) -> Result<Option<Vec<u8>>, StageError> {
    let plugged = plug(component, how, unit, reporter)?;
    let with_bridge = bridge::compose(plugged.as_deref().unwrap_or(component), how.composition, unit, reporter)?;
    Ok(with_bridge.or(plugged))
}

/// Plugs dependencies into a component: all that it imports and that no host is known to offer has to come from them.
fn plug(
    component: &[u8],
    How { composition: _, plug, components }: How<'_>,
    unit: &UnitPlan,
    reporter: &Reporter,
) -> Result<Option<Vec<u8>>, StageError> {
    if components.is_empty() {
        return Ok(None);
    }
    let mut plugs = Vec::new();
    for component in components {
        let bytes = place::read(component)?;
        plugs.push(Piece { name: component.name.clone(), bytes, given_to: component.instance.clone() });
    }
    let socket = Piece { name: unit.name.clone(), bytes: component.to_vec(), given_to: None };
    let rules = Rules { plug, stay: &[], by_hand: ByHand::Manifest };
    let Joined { bytes, plugged, open, unused } =
        join(socket, plugs, rules).map_err(|error| declared(error, components))?;
    if let Some(Open { taker, import, near }) = open.into_iter().next() {
        let mut help = rules.by_hand.not_offered(&import, &near);
        if !plug {
            help.insert_str(0, "`composition.plug = false`: a dependency is given to it by `instance` in its table; ");
        }
        return Err(declared(CompositionError::NotOffered { taker, import, help }, components));
    }
    plugged.iter().for_each(|plugged| reporter.detail("Plugging", plugged.in_words()));
    unused.into_iter().for_each(|unused| reporter.warn(unused));
    Ok(bytes)
}
