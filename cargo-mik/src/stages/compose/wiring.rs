//! Who gives what to whom, decided by names: no bytes and no types.
//!
//! A plug is given to every import, of the socket or of another plug, that it exports: by the same name, or by that of a version
//! on the same track, as the component model has them. `1.2.0` and `1.0.3` are on one, `0.2.0` and `0.2.6` too; `0.0.1`
//! and `1.0.0-rc.1` are on none but their own. Either may be the newer one: whether it has all that is imported is told by
//! types, later. The socket gives nothing to anybody.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use cargo_metadata::semver::Version;
use wac_graph::types::are_semver_compatible;

use super::error::{ByHand, CompositionError};

/// A component that takes part, as far as names say what it is. The first of them is the socket.
#[derive(Clone, Debug, Default)]
pub(super) struct Part {
    /// What it is called in messages.
    pub(super) name: String,
    pub(super) imports: Vec<String>,
    pub(super) exports: Vec<String>,
    /// The import that it is given to, and to no other, where that was decided by hand.
    pub(super) given_to: Option<String>,
}

/// What is decided otherwise than by what names say.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules<'a> {
    /// Whether plugs are given to what they fit, where nobody has said to which.
    pub(crate) plug: bool,
    /// The imports that stay, whoever exports them.
    pub(crate) stay: &'a [String],
    /// Where it is said by hand what is given to what.
    pub(crate) by_hand: ByHand,
}

/// An import and the export that it gets. Parts by their numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wire {
    pub(super) taker: usize,
    pub(super) import: String,
    pub(super) giver: usize,
    /// Nothing, where types have to say which of the exports it is.
    pub(super) export: Option<String>,
}

/// All that is decided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Wiring {
    pub(super) wires: Vec<Wire>,
    /// The parts that take part, givers before takers; the socket is the last.
    pub(super) order: Vec<usize>,
    /// The imports that nobody is given to.
    pub(super) open: Vec<(usize, String)>,
    /// The plugs that nothing takes anything of.
    pub(super) unused: Vec<usize>,
}

/// Decides.
pub(super) fn wire(parts: &[Part], rules: Rules<'_>) -> Result<Wiring, CompositionError> {
    let mut wiring = Wiring::default();
    let mut reached: Vec<usize> = vec![0];
    let mut next = 0;
    while let Some(taker) = reached.get(next).copied() {
        next += 1;
        for import in parts.get(taker).into_iter().flat_map(|part| &part.imports) {
            match giver(parts, taker, import, rules)? {
                None => wiring.open.push((taker, import.clone())),
                Some((giver, export)) => {
                    wiring.wires.push(Wire { taker, import: import.clone(), giver, export });
                    if !reached.contains(&giver) {
                        reached.push(giver);
                    }
                }
            }
        }
    }
    wiring.order = order(parts, &wiring)?;
    wiring.unused = (0..parts.len()).filter(|part| !reached.contains(part)).collect();
    Ok(wiring)
}

/// Whether a name is what was said by hand: the same, a version on its track, or it without any version.
pub(super) fn is_meant(name: &str, import: &str) -> bool {
    are_semver_compatible(name, import) || import.split_once('@').is_some_and(|(path, _)| path == name)
}

/// Who is given to an import, and which export that is.
fn giver(
    parts: &[Part],
    taker: usize,
    import: &str,
    rules: Rules<'_>,
) -> Result<Option<(usize, Option<String>)>, CompositionError> {
    if rules.stay.iter().any(|stays| is_meant(stays, import)) {
        return Ok(None);
    }
    let plugs = || parts.iter().enumerate().skip(1).filter(|(plug, _)| *plug != taker);
    let one = |givers: Vec<(usize, Option<String>)>| match givers.len() {
        0 | 1 => Ok(givers.into_iter().next()),
        _ => Err(ambiguous(parts, taker, import, &givers, rules)),
    };
    let by_hand = plugs().filter(|(_, part)| part.given_to.as_ref().is_some_and(|name| is_meant(name, import)));
    let by_hand = one(by_hand.map(|(plug, part)| (plug, version_of(part, import))).collect())?;
    if by_hand.is_some() || !rules.plug {
        return Ok(by_hand);
    }
    let free = || plugs().filter(|(_, part)| part.given_to.is_none());
    let same = free().filter(|(_, part)| part.exports.iter().any(|export| export == import));
    match one(same.map(|(plug, _)| (plug, Some(import.to_owned()))).collect())? {
        None => one(free().filter_map(|(plug, part)| Some((plug, Some(version_of(part, import)?)))).collect()),
        exact => Ok(exact),
    }
}

/// The export that is an import by its name, else the newest version on its track.
fn version_of(part: &Part, import: &str) -> Option<String> {
    let version = |name: &str| name.split_once('@').and_then(|(_, version)| Version::parse(version).ok());
    let fits = part.exports.iter().filter(|export| are_semver_compatible(export, import));
    fits.min_by_key(|export| (*export != import, Reverse(version(export)))).cloned()
}

fn ambiguous(
    parts: &[Part],
    taker: usize,
    import: &str,
    givers: &[(usize, Option<String>)],
    Rules { by_hand, .. }: Rules<'_>,
) -> CompositionError {
    let names: Vec<&str> = givers.iter().map(|(giver, _)| name(parts, *giver)).collect();
    CompositionError::Ambiguous {
        taker: name(parts, taker).to_owned(),
        import: import.to_owned(),
        givers: names.iter().map(|name| (*name).to_owned()).collect(),
        help: by_hand.choose(names.first().copied().unwrap_or_default(), import),
    }
}

/// The parts that take part, givers first. What comes back to itself can't be made: each would have to be there before the other.
fn order(parts: &[Part], wiring: &Wiring) -> Result<Vec<usize>, CompositionError> {
    let mut order = Vec::new();
    visit(0, parts, wiring, &mut Vec::new(), &mut order)?;
    Ok(order)
}

fn visit<'a>(
    part: usize,
    parts: &[Part],
    wiring: &'a Wiring,
    path: &mut Vec<(usize, &'a str)>,
    order: &mut Vec<usize>,
) -> Result<(), CompositionError> {
    if order.contains(&part) {
        return Ok(());
    }
    if path.iter().any(|(on_path, _)| *on_path == part) {
        return Err(cycle(parts, path, part));
    }
    let wires = wiring.wires.iter().filter(|wire| wire.taker == part);
    for wire in wires {
        path.push((part, &wire.import));
        visit(wire.giver, parts, wiring, path, order)?;
        path.pop();
    }
    // What only the socket exports would have to come from there.
    let socket = parts.first().map_or(&[][..], |socket| &socket.exports);
    let open = wiring.open.iter().filter(|(taker, _)| *taker == part && part != 0);
    for (_, import) in open.filter(|(_, import)| !is_of_hosts(import)) {
        if socket.iter().any(|export| are_semver_compatible(export, import)) {
            path.push((part, import));
            return Err(cycle(parts, path, 0));
        }
    }
    order.push(part);
    Ok(())
}

/// The error for a path of takers and what each imports, which ends where it has been before.
fn cycle(parts: &[Part], path: &[(usize, &str)], end: usize) -> CompositionError {
    let circle = || path.iter().skip_while(|(part, _)| *part != end);
    let names = circle().map(|(part, _)| name(parts, *part).to_owned()).collect();
    let steps = circle().map(|(part, import)| format!("`{}` imports `{import}` of ", name(parts, *part)));
    CompositionError::Cycle { path: format!("{}`{}`", steps.collect::<String>(), name(parts, end)), names }
}

pub(super) fn name(parts: &[Part], part: usize) -> &str {
    parts.get(part).map_or("", |part| &part.name)
}

/// Whether an import is a host's to offer: WASI, and what the bridge is between.
pub(super) fn is_of_hosts(import: &str) -> bool {
    import.starts_with("wasi:") || import.starts_with("mik:core/")
}

/// What plugs export and nobody has taken, with their names.
pub(super) fn spare<'p>(parts: &'p [Part], wiring: &Wiring) -> Vec<(&'p str, &'p str)> {
    let taken: BTreeSet<(usize, &str)> =
        wiring.wires.iter().map(|wire| (wire.giver, wire.export.as_deref().unwrap_or(&wire.import))).collect();
    let plugs = parts.iter().enumerate().skip(1);
    let exports = plugs.flat_map(|(plug, part)| part.exports.iter().map(move |export| (plug, part, export)));
    let spare = exports.filter(|(plug, _, export)| !taken.contains(&(*plug, export.as_str())));
    spare.map(|(_, part, export)| (part.name.as_str(), export.as_str())).collect()
}

#[cfg(test)]
mod tests;
