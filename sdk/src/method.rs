//! The methods a handler can be asked with: the seven of `mik:core`.

use std::fmt;

/// Has `$functions!` write a function for each method, with the name and the method as it is given them: one list for all that
/// are named after methods.
macro_rules! each_method {
    ($functions:ident) => {
        $functions! {
            get GET;
            post POST;
            put PUT;
            patch PATCH;
            delete DELETE;
            head HEAD;
            options OPTIONS;
        }
    };
}
pub(crate) use each_method;

/// A request method.
///
/// The interface knows seven; the bridge answers every other with 501, so a `match` on this type can be complete.
/// The names are spelled as in the `http` crate or as variants, whichever reads better:
///
/// ```
/// use mik_sdk::Method;
///
/// assert_eq!(Method::GET, Method::Get);
/// assert!(Method::GET.is_safe());
/// assert_eq!(Method::Post.as_str(), "POST");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// Transfer a representation of the resource.
    Get,
    /// Process the body as the resource decides.
    Post,
    /// Replace the resource with the body.
    Put,
    /// Change a part of the resource.
    Patch,
    /// Remove the resource.
    Delete,
    /// As [`Method::Get`], without the body of the answer.
    Head,
    /// Ask what the resource can do.
    Options,
}

impl Method {
    /// [`Method::Get`]
    pub const GET: Self = Self::Get;
    /// [`Method::Post`]
    pub const POST: Self = Self::Post;
    /// [`Method::Put`]
    pub const PUT: Self = Self::Put;
    /// [`Method::Patch`]
    pub const PATCH: Self = Self::Patch;
    /// [`Method::Delete`]
    pub const DELETE: Self = Self::Delete;
    /// [`Method::Head`]
    pub const HEAD: Self = Self::Head;
    /// [`Method::Options`]
    pub const OPTIONS: Self = Self::Options;

    /// The name as it stands in a request line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Head => "HEAD",
            Self::Options => "OPTIONS",
        }
    }

    /// The method of this name; names of methods are case-sensitive (RFC 9110, 9.1).
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Get, Self::Post, Self::Put, Self::Patch, Self::Delete, Self::Head, Self::Options]
            .into_iter()
            .find(|method| method.as_str() == name)
    }

    /// Whether the method asks for nothing to change (RFC 9110, 9.2.1).
    pub const fn is_safe(self) -> bool {
        matches!(self, Self::Get | Self::Head | Self::Options)
    }
}

impl fmt::Display for Method {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl From<Method> for http::Method {
    fn from(method: Method) -> Self {
        match method {
            Method::Get => Self::GET,
            Method::Post => Self::POST,
            Method::Put => Self::PUT,
            Method::Patch => Self::PATCH,
            Method::Delete => Self::DELETE,
            Method::Head => Self::HEAD,
            Method::Options => Self::OPTIONS,
        }
    }
}
