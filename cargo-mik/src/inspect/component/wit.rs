//! The interface of a component as WIT: what `wit-component` reads from its types, printed so that it can be parsed again.

use wit_component::{DecodedWasm, OutputToString, WitPrinter, decode, metadata};
use wit_parser::{PackageId, Resolve};

/// The WIT of a component, of a WIT package, or of a core module that brings its types.
///
/// # Errors
/// There is none, and why.
pub(super) fn of(bytes: &[u8], is_component: bool) -> Result<String, String> {
    if is_component {
        let decoded = decode(bytes).map_err(|error| format!("{error:#}"))?;
        return match &decoded {
            DecodedWasm::WitPackage(resolve, package) => printed(resolve, *package),
            DecodedWasm::Component(resolve, world) => {
                match resolve.worlds.get(*world).and_then(|world| world.package) {
                    Some(package) => printed(resolve, package),
                    None => Err("its world is in no package".to_owned()),
                }
            }
        };
    }
    let (found, bindgen) = metadata::decode(bytes).map_err(|error| format!("{error:#}"))?;
    match bindgen.resolve.worlds.get(bindgen.world).and_then(|world| world.package) {
        Some(package) if found.is_some() => printed(&bindgen.resolve, package),
        _ => Err("it is a core module, which has no types of its own".to_owned()),
    }
}

/// The package, and behind it every package that it uses.
fn printed(resolve: &Resolve, package: PackageId) -> Result<String, String> {
    let others: Vec<PackageId> = resolve.packages.iter().map(|(id, _)| id).filter(|id| *id != package).collect();
    let mut printer = WitPrinter::new(OutputToString::default());
    printer.print(resolve, package, &others).map_err(|error| format!("{error:#}"))?;
    Ok(without_controls(&printer.output.to_string()))
}

/// Comments are from outside as well. WIT has no place for what is replaced here: a parser would refuse it.
fn without_controls(text: &str) -> String {
    let is_refused = |c: char| {
        let turns_text = matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        let is_deprecated = matches!(
            c,
            '\u{149}' | '\u{673}' | '\u{f77}' | '\u{f79}' | '\u{17a3}' | '\u{17a4}' | '\u{17b4}' | '\u{17b5}'
        );
        (c.is_control() && !matches!(c, '\n' | '\t')) || turns_text || is_deprecated
    };
    text.chars().map(|c| if is_refused(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}
