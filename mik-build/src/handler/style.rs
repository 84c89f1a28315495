//! What bindings look like: which crate has what they call, and what cargo-component lets a project say of its own.

use wit_bindgen_rust::{Opts, WithOption};

use super::manifest::Manifest;
use crate::BuildError;

/// Where crates have what bindings call, the one that is likelier meant first.
const RUNTIMES: [(&str, &str); 3] =
    [("wit-bindgen-rt", "crate::bindings::__rt"), ("wit-bindgen", "::wit_bindgen::rt"), ("mik-sdk", SDK)];

/// Where the SDK has it.
const SDK: &str = "::mik_sdk::__private::wit_bindgen::rt";

/// What bindings call has become more since `wit-bindgen-rt` was last published.
const SINCE: &str = r"
/// What these bindings call.
#[doc(hidden)]
pub mod __rt {
    pub use ::wit_bindgen_rt::*;

    extern crate alloc as std_alloc;
    use std_alloc::alloc::{Layout, alloc, dealloc, handle_alloc_error};

    /// Frees a block of memory when it is dropped.
    pub struct Cleanup {
        pointer: *mut u8,
        layout: Layout,
    }

    impl Cleanup {
        pub fn new(layout: Layout) -> (*mut u8, Option<Self>) {
            if layout.size() == 0 {
                return (::core::ptr::null_mut(), None);
            }
            let pointer = unsafe { alloc(layout) };
            if pointer.is_null() {
                handle_alloc_error(layout);
            }
            (pointer, Some(Self { pointer, layout }))
        }

        pub fn forget(self) {
            ::core::mem::forget(self);
        }
    }

    impl Drop for Cleanup {
        fn drop(&mut self) {
            unsafe { dealloc(self.pointer, self.layout) }
        }
    }
}
";

/// What bindings look like.
pub(super) struct Style {
    pub(super) options: Opts,
    /// What stands below them.
    pub(super) more: &'static str,
}

impl Style {
    /// As the SDK includes them.
    pub(super) fn sdk() -> Self {
        Self::of(SDK)
    }

    /// As cargo-component writes them.
    pub(super) fn cargo_component(manifest: &Manifest) -> Result<Self, BuildError> {
        let runtime = RUNTIMES.into_iter().find(|(name, _)| manifest.depends_on(name));
        let (name, path) = runtime.ok_or_else(|| {
            BuildError::new("the package depends on no crate that has what bindings call")
                .help("run `cargo add wit-bindgen-rt --features bitflags`")
        })?;
        let mut style = Self::of(path);
        if name == "wit-bindgen-rt" {
            style.more = SINCE;
        }
        let said = manifest.component("bindings");
        let derives = said.and_then(|said| said.get("derives")).and_then(toml::Value::as_array).into_iter().flatten();
        style.options.additional_derive_attributes = derives.filter_map(|it| it.as_str().map(str::to_owned)).collect();
        let with = said.and_then(|said| said.get("with")).and_then(toml::Value::as_table).into_iter().flatten();
        let with = with.filter_map(|(name, path)| Some((name.clone(), WithOption::Path(path.as_str()?.to_owned()))));
        style.options.with = with.collect();
        Ok(style)
    }

    fn of(runtime: &str) -> Self {
        let options = Opts {
            format: true,
            generate_all: true,
            pub_export_macro: true,
            default_bindings_module: Some("crate::bindings".to_owned()),
            runtime_path: Some(runtime.to_owned()),
            ..Opts::default()
        };
        Self { options, more: "" }
    }
}
