//! The targets that a handler can be built for.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A Rust target that yields a component.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Target {
    /// `wasm32-wasip2`: the linker makes a component of it.
    #[default]
    #[serde(rename = "wasm32-wasip2")]
    Wasip2,
    /// `wasm32-unknown-unknown`: the smallest; std has no system there.
    #[serde(rename = "wasm32-unknown-unknown")]
    Unknown,
    /// `wasm32-wasip1`: encoded with the preview 1 adapter.
    #[serde(rename = "wasm32-wasip1")]
    Wasip1,
}

impl Target {
    /// Every target, the default first.
    pub const ALL: [Self; 3] = [Self::Wasip2, Self::Unknown, Self::Wasip1];

    /// The target of a name as rustc spells it.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|target| target.name() == name)
    }

    /// The name as rustc spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Wasip2 => "wasm32-wasip2",
            Self::Unknown => "wasm32-unknown-unknown",
            Self::Wasip1 => "wasm32-wasip1",
        }
    }

    /// Whether its standard library is linked with wasi-libc.
    pub fn needs_wasi_libc(self) -> bool {
        match self {
            Self::Wasip2 | Self::Wasip1 => true,
            Self::Unknown => false,
        }
    }
}

/// What a package is to be built for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TargetChoice {
    /// One target.
    One(Target),
    /// `auto`: [`Target::Unknown`] where it has all that is reached, else [`Target::Wasip2`]. Which it is shows while building.
    Auto,
}

impl TargetChoice {
    const AUTO: &str = "auto";

    /// The choice of a name as `build.target` takes it.
    pub fn from_name(name: &str) -> Option<Self> {
        if name == Self::AUTO { Some(Self::Auto) } else { Target::from_name(name).map(Self::One) }
    }

    /// The name as `build.target` takes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::One(target) => target.name(),
            Self::Auto => Self::AUTO,
        }
    }

    /// Every target that may come of it.
    pub fn targets(self) -> &'static [Target] {
        match self {
            Self::One(Target::Wasip2) => &[Target::Wasip2],
            Self::One(Target::Unknown) => &[Target::Unknown],
            Self::One(Target::Wasip1) => &[Target::Wasip1],
            Self::Auto => &[Target::Unknown, Target::Wasip2],
        }
    }
}

impl Default for TargetChoice {
    fn default() -> Self {
        Self::One(Target::default())
    }
}

impl Serialize for TargetChoice {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::{Target, TargetChoice};

    #[test]
    fn the_schema_names_the_targets_there_are() {
        let names = mik_build::schema::TARGETS;
        assert!(Target::ALL.into_iter().map(Target::name).chain(["auto"]).eq(names));
        assert_eq!(names.map(|name| TargetChoice::from_name(name).map(TargetChoice::name)), names.map(Some));
        assert_eq!(Target::default().name(), mik_build::schema::TARGETS[0]);
    }
}
