//! The configuration's reader: whatever it says of a text points into the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mik_build::Written;

fuzz_target!(|text: &str| {
    for read in [Written::from_mik_toml, Written::from_cargo_toml] {
        match read(text) {
            Ok(written) => {
                for unknown in written.unknown_keys {
                    assert!(text.get(unknown.span.clone()).is_some(), "{unknown:?}");
                    assert!(!unknown.key.is_empty(), "{unknown:?}");
                }
            }
            Err(error) => {
                if let Some(span) = &error.span {
                    assert!(text.get(span.clone()).is_some(), "{error:?}");
                }
                assert!(!error.to_string().is_empty());
            }
        }
    }
});
