//! Strip: custom sections of a component that nothing needs to run.
//!
//! **Why it is sound.** Custom sections have no meaning for execution (component model, `Binary.md`, "custom sections are
//! defined as in core"). As for core modules, only what is named here goes. What a component is called is of those who
//! give it away: that name stays, those of what is in it go.

use wasm_encoder::{ComponentNameSection, Encode as _};
use wasmparser::{BinaryReader, ComponentName, ComponentNameSectionReader, CustomSectionReader};

use super::{Component, Definition, Pass};
use crate::error::PassError;
use crate::options::{Names, Options};

/// The section of names.
const NAMES: &str = "component-name";

pub(crate) enum StripComponent {
    /// The component as it is given away.
    Outermost,
    /// One in another.
    Enclosed,
}

impl Pass for StripComponent {
    fn name(&self) -> &'static str {
        "strip-component"
    }

    fn run(&self, component: &[u8], options: &Options) -> Result<Vec<u8>, PassError> {
        let mut component = Component::parse(component)?;
        let mut own_name = None;
        let mut unneeded = vec![false; component.definitions.len()];
        for (definition, is_unneeded) in component.definitions.iter().zip(&mut unneeded) {
            let Definition::Custom(custom) = definition else { continue };
            *is_unneeded = match custom.name() {
                NAMES => options.names == Names::Strip,
                "producers" => true,
                name => name.starts_with("component-type"),
            };
            if *is_unneeded && custom.name() == NAMES && matches!(self, Self::Outermost) {
                own_name = own_name.or_else(|| name_of(custom));
            }
        }
        let section = own_name.map(section_of);
        if let Some(section) = &section {
            let custom = CustomSectionReader::new(BinaryReader::new(section, 0))?;
            component.definitions.push(Definition::Custom(custom));
        }
        let is_kept = |place: usize| !unneeded.get(place).copied().unwrap_or(false);
        component.encode(is_kept, |reference| reference)
    }
}

/// What the component itself is called.
fn name_of(custom: &CustomSectionReader<'_>) -> Option<String> {
    let reader = BinaryReader::new(custom.data(), custom.data_offset());
    ComponentNameSectionReader::new(reader).into_iter().find_map(|name| match name {
        Ok(ComponentName::Component { name, .. }) => Some(name.to_owned()),
        _ => None,
    })
}

/// A section of names with that one alone, from its name on.
fn section_of(name: String) -> Vec<u8> {
    let mut section = ComponentNameSection::new();
    section.component(&name);
    let mut bytes = Vec::new();
    NAMES.encode(&mut bytes);
    bytes.extend(section.as_custom().data.iter());
    bytes
}

#[cfg(test)]
mod tests {
    use crate::{Options, optimize};

    #[test]
    fn what_the_component_is_called_stays_and_every_other_name_goes() {
        let text = r#"(component $shop
            (import "a" (func $asked))
            (component $inner (import "f" (func $inside)) (export "g" (func $inside)))
            (instance $made (instantiate $inner (with "f" (func $asked))))
            (alias export $made "g" (func $given))
            (export "b" (func $given))
            (@custom "version" "1")
        )"#;
        let input = wat::parse_str(text).unwrap();
        let output = optimize(&input, &Options::default()).unwrap().bytes;
        let text = wasmprinter::print_bytes(&output).unwrap();
        assert!(text.contains("(component $shop") && text.contains("(@custom \"version\""), "{text}");
        for name in ["$inner", "$inside", "$asked", "$made", "$given"] {
            assert!(!text.contains(name), "{name}: {text}");
        }
        assert!(optimize(&output, &Options::default()).unwrap().bytes == output);
    }
}
