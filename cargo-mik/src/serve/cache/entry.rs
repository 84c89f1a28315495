//! An entry of the cache: compiled code, and what proves that it is the code that was compiled.
//!
//! ```text
//! magic and format   8 bytes
//! engine            32 bytes   what compiled it, see [`Compiler`]
//! component         32 bytes   SHA-256 of what was compiled
//! length             8 bytes   of the code, little-endian
//! digest            32 bytes   SHA-256 of everything else
//! code
//! ```

use std::hash::{Hash as _, Hasher};

use thiserror::Error;
use wasmtime::Engine;

use crate::tools::digest;

/// The last digit goes up when the format changes.
const MAGIC: [u8; 8] = *b"mikcode1";
const ENGINE: usize = 8;
const COMPONENT: usize = 40;
const LENGTH: usize = 72;
const DIGEST: usize = 80;
const CODE: usize = 112;

/// What the name of every entry ends with.
const SUFFIX: &str = ".code";

/// What turns components into code: wasmtime's version and settings, and the processor that it compiles for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Compiler([u8; 32]);

impl Compiler {
    pub(super) fn of(engine: &Engine) -> Self {
        let mut bytes = Bytes(Vec::new());
        // Wasmtime's whole version is part of it, so that no code outlives a compiler whose faults are mended.
        engine.precompile_compatibility_hash().hash(&mut bytes);
        Self(digest::of_parts(&[&bytes.0]))
    }

    /// What the names of its entries begin with.
    fn prefix(&self) -> String {
        let mut prefix = hex::encode(self.0);
        prefix.truncate(16);
        prefix
    }

    /// Whether an entry of this name is its work.
    pub(super) fn has_made(&self, name: &str) -> bool {
        is_entry(name) && name.starts_with(&self.prefix())
    }
}

/// Takes down what is hashed instead of hashing it: digests of 64 bits are too short to rely on.
struct Bytes(Vec<u8>);

impl Hasher for Bytes {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn finish(&self) -> u64 {
        // Asked for by nobody: what was taken down is what counts.
        0
    }
}

/// Whether a file of this name is an entry.
pub(super) fn is_entry(name: &str) -> bool {
    name.ends_with(SUFFIX)
}

/// What an entry is found by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    compiler: Compiler,
    component: [u8; 32],
}

/// Why an entry is not what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(super) enum Damage {
    #[error("it does not begin as compiled code does")]
    Kind,
    #[error("another engine has made it")]
    Compiler,
    #[error("it is another component's")]
    Component,
    #[error("it is cut short, or goes on after its end")]
    Length,
    #[error("its digest is not that of its content")]
    Digest,
}

impl Key {
    pub(super) fn new(compiler: Compiler, component: &[u8]) -> Self {
        Self { compiler, component: digest::of_parts(&[component]) }
    }

    /// The name of its file.
    pub(super) fn name(&self) -> String {
        format!("{}-{}{SUFFIX}", self.compiler.prefix(), hex::encode(self.component))
    }

    /// What an entry with this code begins with.
    pub(super) fn header(&self, code: &[u8]) -> Vec<u8> {
        let mut header = self.fields(code.len() as u64);
        let digest = digest::of_parts(&[&header, code]);
        header.extend(digest);
        header
    }

    /// Everything before the digest.
    fn fields(&self, length: u64) -> Vec<u8> {
        [&MAGIC[..], &self.compiler.0, &self.component, &length.to_le_bytes()].concat()
    }

    /// The code of an entry, if the entry is this key's and every byte of it is as it was written.
    pub(super) fn open<'a>(&self, entry: &'a [u8]) -> Result<&'a [u8], Damage> {
        let (Some(code), Some(digest)) = (entry.get(CODE..), entry.get(DIGEST..CODE)) else {
            return Err(if entry.starts_with(&MAGIC) { Damage::Length } else { Damage::Kind });
        };
        let fields = self.fields(code.len() as u64);
        let same = |from: usize, to: usize| entry.get(from..to) == fields.get(from..to);
        if !same(0, ENGINE) {
            return Err(Damage::Kind);
        }
        if !same(ENGINE, COMPONENT) {
            return Err(Damage::Compiler);
        }
        if !same(COMPONENT, LENGTH) {
            return Err(Damage::Component);
        }
        if !same(LENGTH, DIGEST) {
            return Err(Damage::Length);
        }
        if digest::of_parts(&[&fields, code]) != digest {
            return Err(Damage::Digest);
        }
        Ok(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTENT: &[u8] = b"some code that was compiled";

    fn key(compiler: u8, component: &[u8]) -> Key {
        Key::new(Compiler([compiler; 32]), component)
    }

    fn entry(key: &Key) -> Vec<u8> {
        [key.header(CONTENT), CONTENT.to_vec()].concat()
    }

    #[test]
    fn an_entry_gives_back_its_code() {
        let key = key(1, b"component");
        assert_eq!(entry(&key).len(), CODE + CONTENT.len());
        assert_eq!(key.open(&entry(&key)), Ok(CONTENT));
        let empty = key.header(b"");
        assert_eq!(key.open(&empty), Ok(&b""[..]));
    }

    #[test]
    fn every_flipped_bit_is_found() {
        let key = key(1, b"component");
        let whole = entry(&key);
        for at in 0..whole.len() {
            for bit in 0..8 {
                let mut damaged = whole.clone();
                damaged[at] ^= 1 << bit;
                let expected = match at {
                    0..ENGINE => Damage::Kind,
                    ENGINE..COMPONENT => Damage::Compiler,
                    COMPONENT..LENGTH => Damage::Component,
                    LENGTH..DIGEST => Damage::Length,
                    _ => Damage::Digest,
                };
                assert_eq!(key.open(&damaged), Err(expected), "bit {bit} of byte {at}");
            }
        }
    }

    #[test]
    fn every_other_length_is_found() {
        let key = key(1, b"component");
        let whole = entry(&key);
        for length in 0..whole.len() {
            let expected = if length < MAGIC.len() { Damage::Kind } else { Damage::Length };
            assert_eq!(key.open(&whole[..length]), Err(expected), "{length} bytes");
        }
        assert_eq!(key.open(&[&whole[..], b"\0"].concat()), Err(Damage::Length));
    }

    #[test]
    fn an_entry_is_its_keys_and_no_other_keys() {
        let whole = entry(&key(1, b"component"));
        assert_eq!(key(2, b"component").open(&whole), Err(Damage::Compiler));
        assert_eq!(key(1, b"another").open(&whole), Err(Damage::Component));
        assert_eq!(key(1, b"component").open(b"garbage"), Err(Damage::Kind));
    }

    #[test]
    fn names_tell_engines_and_components_apart() {
        let names = [key(1, b"a").name(), key(1, b"b").name(), key(2, b"a").name()];
        assert!(names.iter().all(|name| is_entry(name)), "{names:?}");
        assert_eq!(names.each_ref().map(|name| Compiler([1; 32]).has_made(name)), [true, true, false]);
        assert!(names[0] != names[1]);
        assert!(!is_entry(".new-0a1b") && !Compiler([1; 32]).has_made("0101010101010101-notes.txt"));
    }

    #[test]
    fn engines_that_compile_otherwise_share_nothing() {
        let of = |level| {
            let mut config = wasmtime::Config::new();
            config.cranelift_opt_level(level);
            Compiler::of(&Engine::new(&config).unwrap())
        };
        assert_eq!(of(wasmtime::OptLevel::Speed), of(wasmtime::OptLevel::Speed));
        assert_ne!(of(wasmtime::OptLevel::Speed), of(wasmtime::OptLevel::None));
    }
}
