//! What a `before` function attaches to a request, and handlers take.

use std::any::Any;
use std::mem::ManuallyDrop;

use crate::{FromRequest, Problem, Rejection, Request, StatusCode, log};

/// A value that a `before` function attaches to the request by returning it, and that handlers, and later `before`
/// functions, take. There is one of a type: what comes later goes before.
///
/// Where nothing attached a `T`, the answer is a 500, and the log says which type was asked for.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// #[derive(Clone)]
/// struct User { name: String }
///
/// routes! {
///     "/account" => {
///         before => authenticate,
///         GET "/name" => name,
///     },
/// }
///
/// fn authenticate(request: &Request) -> Result<Extension<User>, Problem> {
///     match request.header("authorization") {
///         Some("Bearer secret") => Ok(Extension(User { name: "Ada".into() })),
///         _ => Err(Problem::unauthorized("who are you?")),
///     }
/// }
///
/// fn name(Extension(user): Extension<User>) -> String {
///     user.name
/// }
///
/// assert_eq!(testing::get("/account/name").send(handle).status(), StatusCode::UNAUTHORIZED);
/// let call = testing::get("/account/name").header("authorization", "Bearer secret");
/// assert_eq!(call.send(handle).text(), Some("Ada"));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extension<T>(pub T);

impl<T: Clone + Send + Sync + 'static> FromRequest<'_> for Extension<T> {
    fn from_request(request: &Request) -> Result<Self, Rejection> {
        match request.extension::<T>() {
            Some(value) => Ok(Self(value.clone())),
            None => Err(missing(std::any::type_name::<T>())),
        }
    }
}

#[inline(never)]
fn missing(name: &str) -> Problem {
    log::error!("no `before` function of this route attaches a `{name}`");
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR)
}

impl Request {
    /// What a `before` function attached, borrowed: [`Extension`] without the clone. A clone of a request has nothing
    /// attached.
    ///
    /// ```
    /// use mik_sdk::prelude::*;
    ///
    /// assert_eq!(Request::new(Method::GET, "/").extension::<u32>(), None);
    /// ```
    pub fn extension<T: 'static>(&self) -> Option<&T> {
        self.extensions().0.iter().rev().find_map(|value| value.downcast_ref())
    }
}

/// What is attached to a request.
///
/// It is dropped by what attaches, in [`release`](Self::release): else how to do that would be in every component, also
/// where nothing is ever attached.
#[derive(Debug)]
pub(crate) struct Extensions(ManuallyDrop<Vec<Box<dyn Any + Send + Sync>>>);

impl Extensions {
    pub(crate) const fn new() -> Self {
        Self(ManuallyDrop::new(Vec::new()))
    }

    pub(super) fn attach(&mut self, value: Box<dyn Any + Send + Sync>) {
        self.0.push(value);
    }

    pub(super) fn release(&mut self) {
        self.0.clear();
        self.0.shrink_to_fit();
    }
}

/// One owner, who releases: a clone is empty.
impl Clone for Extensions {
    fn clone(&self) -> Self {
        Self::new()
    }
}
