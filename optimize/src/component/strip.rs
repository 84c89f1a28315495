//! Strip: custom sections of a component that nothing needs to run.
//!
//! **Why it is sound.** Custom sections have no meaning for execution (component model, `Binary.md`, "custom sections are
//! defined as in core"). As for core modules, only what is named here goes.

use super::{Component, Definition, Pass};
use crate::error::PassError;
use crate::options::{Names, Options};

pub(crate) struct StripComponent;

impl Pass for StripComponent {
    fn name(&self) -> &'static str {
        "strip-component"
    }

    fn run(&self, component: &[u8], options: &Options) -> Result<Vec<u8>, PassError> {
        let component = Component::parse(component)?;
        let is_unneeded = |place: usize| match component.definitions.get(place) {
            Some(Definition::Custom(custom)) => match custom.name() {
                "component-name" => options.names == Names::Strip,
                "producers" => true,
                name => name.starts_with("component-type"),
            },
            _ => false,
        };
        component.encode(|place| !is_unneeded(place), |reference| reference)
    }
}
