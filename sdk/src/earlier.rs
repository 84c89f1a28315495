//! Names that handlers written for mik-sdk 0.1 have from their bindings or from its prelude, where they are not this
//! crate's own: `docs/from-mik-sdk-0.1.md` lists what became of each.

use crate::Problem;
use crate::typed::{Type, refusal, violations};

pub use crate::typed::Id;

/// What the bindings of 0.1 called `handler`: a function that returns `handler::Response` returns [`Response`](crate::Response).
pub mod handler {
    pub use crate::Response;
}

/// Values that can be asked whether they keep to the rules of their type. Extractors ask before a handler is called.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// #[derive(Type)]
/// struct NewUser {
///     #[field(min = 1)]
///     name: String,
/// }
///
/// fn is_fine(value: &impl Validate) -> bool {
///     value.validate().is_ok()
/// }
///
/// assert!(is_fine(&NewUser { name: "Ada".into() }));
/// let problem = NewUser { name: String::new() }.validate().unwrap_err();
/// assert_eq!(problem.status(), StatusCode::UNPROCESSABLE_ENTITY);
/// ```
pub trait Validate {
    /// Whether it does.
    ///
    /// # Errors
    ///
    /// 422, with every violation.
    fn validate(&self) -> Result<(), Problem>;
}

impl<T: Type> Validate for T {
    fn validate(&self) -> Result<(), Problem> {
        match violations(self).as_slice() {
            [] => Ok(()),
            violations => Err(refusal::of_body(violations)),
        }
    }
}
