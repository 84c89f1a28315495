//! What a dependency offers: the interfaces that it exports, as a handler imports them.

use std::path::{Path, PathBuf};

use wit_parser::decoding::{DecodedWasm, decode};
use wit_parser::{FunctionKind, PackageName, Resolve, WorldId, WorldItem};

use super::dependencies::{self, Content, Found};
use super::wit::{self, told};
use super::{Watched, world};
use crate::BuildError;

/// What is asked by a server, and by nobody else: these exports are served, not called.
const SERVED: [&str; 4] = ["mik:core/handler", "wasi:http/incoming-handler", "wasi:http/handler", "wasi:cli/run"];

/// A world that imports what a dependency exports.
pub(super) struct Offer {
    pub(super) name: String,
    pub(super) resolve: Resolve,
    pub(super) world: WorldId,
}

/// The way through packages to where something is looked for.
#[derive(Default)]
pub(super) struct Way {
    directories: Vec<PathBuf>,
    /// How many dependencies were seen on it: each has a name by that.
    count: usize,
}

/// What the dependencies of the package in a directory offer.
pub(super) fn of_dependencies(
    directory: &Path,
    watched: &mut Watched,
    way: &mut Way,
) -> Result<Vec<Offer>, BuildError> {
    way.directories.push(directory.to_owned());
    let mut offers = Vec::new();
    for found in dependencies::find(directory, watched)? {
        offers.extend(offered(found, watched, way)?);
    }
    way.directories.pop();
    Ok(offers)
}

/// What a dependency offers; nothing, where it has nothing to call.
fn offered(found: Found, watched: &mut Watched, way: &mut Way) -> Result<Option<Offer>, BuildError> {
    let index = way.count;
    way.count += 1;
    let Found { name, instance, content } = found;
    let (mut resolve, world) = match content {
        Content::Component(bytes) => of_component(&name, &bytes, index)?,
        Content::Project(directory) => match of_project(&name, &directory, watched, way)? {
            None => return Ok(None),
            Some(project) => project,
        },
    };
    let wrong = |error| BuildError::new(format!("the exports of `{name}` can't be imported")).because(told(error));
    let keys: Vec<_> = resolve.worlds.get(world).map(|it| it.exports.keys().cloned().collect()).unwrap_or_default();
    let unwanted = keys.into_iter().filter(|key| {
        let export = resolve.name_world_key(key);
        let plain = export.split('@').next().unwrap_or_default();
        // What is given to an import of another name is what that import's own WIT says.
        SERVED.contains(&plain) || instance.as_ref().is_some_and(|instance| !is_same(instance, &export))
    });
    for key in unwanted.collect::<Vec<_>>() {
        resolve.worlds[world].exports.shift_remove(&key);
    }
    if resolve.worlds[world].exports.is_empty() {
        return Ok(None);
    }
    // A name of its own: packages of several dependencies may be one.
    resolve.importize(world, Some(format!("of-dependency-d{index}"))).map_err(wrong)?;
    if let Some(function) = asynchronous(&resolve, world) {
        return Err(BuildError::new(format!("`{name}` exports `{function}`, which is async"))
            .help("bindings are made for functions that return when they are done: offer one of these as well"));
    }
    Ok(Some(Offer { name, resolve, world }))
}

/// The WIT of a project. What it does not have itself it may use of its own dependencies, as it does when it is built.
fn of_project(
    name: &str,
    directory: &Path,
    watched: &mut Watched,
    way: &mut Way,
) -> Result<Option<(Resolve, WorldId)>, BuildError> {
    let package = wit::Source::package_of(directory, name, watched)?;
    let Some(source) = wit::Source::of(&package, watched)? else { return Ok(None) };
    let mut alone = Resolve::default();
    match source.push(&mut alone) {
        Ok(world) => Ok(Some((alone, world))),
        // Projects that need each other are told so by a build.
        Err(error) if way.directories.contains(&package) => Err(error),
        Err(error) => {
            let mut together = world::union(of_dependencies(&package, watched, way)?)?.0;
            let world = source.push(&mut together).map_err(|_| error)?;
            Ok(Some((together, world)))
        }
    }
}

fn of_component(name: &str, bytes: &[u8], index: usize) -> Result<(Resolve, WorldId), BuildError> {
    let wrong = |what: &str| BuildError::new(format!("the dependency `{name}` {what}"));
    match decode(bytes) {
        Ok(DecodedWasm::Component(mut resolve, world)) => {
            // All components are of one package, as the decoder calls it.
            if let Some(package) = resolve.worlds.get(world).and_then(|world| world.package) {
                let own = PackageName { namespace: "dependency".to_owned(), name: format!("d{index}"), version: None };
                let before = std::mem::replace(&mut resolve.packages[package].name, own.clone());
                resolve.package_names.shift_remove(&before);
                resolve.package_names.insert(own, package);
            }
            Ok((resolve, world))
        }
        Ok(DecodedWasm::WitPackage(..)) => {
            Err(wrong("is WIT, and no component").help("depend on the component that implements it"))
        }
        Err(error) => Err(wrong("is no component").because(told(error))),
    }
}

/// Whether two names of interfaces are one, of which the first may go without its version.
fn is_same(instance: &str, export: &str) -> bool {
    instance == export || export.split('@').next() == Some(instance)
}

/// The name of a function that is async, if there is one.
fn asynchronous(resolve: &Resolve, world: WorldId) -> Option<String> {
    let is_async = |kind: &FunctionKind| {
        matches!(kind, FunctionKind::AsyncFreestanding | FunctionKind::AsyncMethod(_) | FunctionKind::AsyncStatic(_))
    };
    resolve.worlds.get(world)?.imports.iter().find_map(|(key, item)| match item {
        WorldItem::Function(function) => is_async(&function.kind).then(|| function.name.clone()),
        WorldItem::Interface { id, .. } => {
            let mut functions = resolve.interfaces.get(*id)?.functions.values();
            let function = functions.find(|function| is_async(&function.kind))?;
            Some(format!("{}.{}", resolve.name_world_key(key), function.name))
        }
        WorldItem::Type { .. } => None,
    })
}
