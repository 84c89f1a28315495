//! The targets that a handler can be built for.

use std::fmt;

use serde::Serialize;

/// A Rust target that yields a component.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
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

impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::Target;

    #[test]
    fn the_schema_names_the_targets_there_are() {
        assert_eq!(Target::ALL.map(Target::name), mik_build::schema::TARGETS);
        assert_eq!(Target::default().name(), mik_build::schema::TARGETS[0]);
    }
}
