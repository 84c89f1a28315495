//! Component dependencies: where they are found, and how they get here.

pub mod registry;
