//! The world that bindings are made for: what every dependency exports as imports, and the package's own world.

use wit_bindgen_core::{Files, WorldGenerator as _};
use wit_parser::{CloneMaps, Resolve, WorldId};

use super::interfaces::Offer;
use super::style::Style;
use super::wit::{Source, told};
use crate::BuildError;

/// The world, before anything is in it.
const WORLD: &str = "package mik:bindings;\n\nworld handler {}\n";

/// The bindings, as Rust.
pub(super) fn bindings(offers: Vec<Offer>, own: Option<Source>, style: Style) -> Result<String, BuildError> {
    let failed = |error| BuildError::new("the world of the handler can't be made").because(told(error));
    let (mut resolve, mut parts) = union(offers)?;
    if let Some(own) = own {
        parts.push(push(&own, &mut resolve)?);
    }
    let package = resolve.push_str("mik.wit", WORLD).map_err(failed)?;
    let world = resolve.select_world(&[package], None).map_err(failed)?;
    for part in parts {
        resolve.merge_worlds(part, world, &mut CloneMaps::default()).map_err(failed)?;
    }
    let known = resolve.worlds.get(world);
    if known.is_none_or(|world| world.imports.is_empty() && world.exports.is_empty()) {
        return Ok("// No dependency has anything to call.\n".to_owned());
    }
    let failed = |error| BuildError::new("bindings can't be made").because(told(error));
    let mut files = Files::default();
    style.options.build().generate(&mut resolve, world, &mut files).map_err(failed)?;
    let text: Vec<&[u8]> = files.iter().map(|(_, text)| text).chain([style.more.as_bytes()]).collect();
    String::from_utf8(text.concat()).map_err(|error| BuildError::new("bindings can't be made").because(error))
}

/// All packages that are known by what is offered, and the worlds of that.
pub(super) fn union(offers: Vec<Offer>) -> Result<(Resolve, Vec<WorldId>), BuildError> {
    let mut resolve = Resolve::default();
    let mut worlds = Vec::new();
    for Offer { name, resolve: offered, world } in offers {
        let disagrees = |error| {
            BuildError::new(format!("what `{name}` exports is not what another dependency says of it"))
                .because(told(error))
                .help("both have to be built with the same version of the interface, or the versions in its name have to differ")
        };
        let remap = resolve.merge(offered).map_err(disagrees)?;
        worlds.push(remap.map_world(world, Default::default()).map_err(|error| disagrees(error.into()))?);
    }
    Ok((resolve, worlds))
}

/// Adds the package's own WIT. It has the packages that it uses beside it, or uses those of the dependencies.
fn push(own: &Source, resolve: &mut Resolve) -> Result<WorldId, BuildError> {
    let mut alone = Resolve::default();
    match own.push(&mut alone) {
        Ok(world) => {
            let differs = |error| {
                BuildError::new("the own WIT is not what a dependency has been built with").because(told(error))
            };
            resolve.merge(alone).and_then(|remap| Ok(remap.map_world(world, Default::default())?)).map_err(differs)
        }
        Err(error) => {
            let mut together = resolve.clone();
            let world = own.push(&mut together).map_err(|_| error)?;
            *resolve = together;
            Ok(world)
        }
    }
}
