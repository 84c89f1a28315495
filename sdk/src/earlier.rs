//! Names that handlers written for mik-sdk 0.1 have from their bindings or from its prelude, where they are not this
//! crate's own: `docs/from-mik-sdk-0.1.md` lists what became of each.

pub use crate::typed::Id;

/// What the bindings of 0.1 called `handler`: a function that returns `handler::Response` returns [`Response`].
pub mod handler {
    pub use crate::Response;
}
