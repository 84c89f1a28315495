//! The module as it is, with every number in its shortest form. Linkers leave numbers that they fill in later at their
//! full five bytes.
//!
//! **Why it is sound.** LEB128 numbers mean the same whatever their length (core specification, §5.2.2).

use super::{Context, Pass};
use crate::error::PassError;
use crate::module::Module;
use crate::origins::Made;

pub(crate) struct ShortenNumbers;

impl Pass for ShortenNumbers {
    fn name(&self) -> &'static str {
        "shorten-numbers"
    }

    fn run(&self, module: &[u8], _: &Context<'_>) -> Result<Made, PassError> {
        Module::parse(module)?.encode_anew()
    }
}
