//! Outside programs and files: the only place that starts a process or touches the disk. And text from outside.

#[cfg(feature = "binaryen")]
pub mod binaryen;
pub mod bounded;
pub mod browser;
pub mod cancel;
pub mod digest;
pub mod files;
pub mod html;
pub mod plain;
pub mod private;
pub mod process;
pub mod replacement;
pub mod rotating_file;
pub mod secrets;
pub mod temporary;
pub mod terminal;
pub mod terminal_keys;
