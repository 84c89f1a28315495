//! What a route can call: a function of extractors that returns an answer.

use crate::openapi::Input;
use crate::{FromRequest, IntoResponse, Rejection, Request, Response};

/// A function that a route can call: up to twelve extractors, in any order, and an answer.
///
/// It is implemented for such functions and for nothing else. That the arguments are extractors and the result an
/// answer is asked separately, so that the compiler names the one that is not.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the handler of a route",
    label = "not a function that a route can call",
    note = "a handler is a function of at most twelve extractors, such as `fn(Path<u32>, &Request) -> Response`"
)]
pub trait Handler<Arguments> {
    /// What the function returns.
    type Answer;

    /// Calls the function.
    fn call(&self, arguments: Arguments) -> Self::Answer;
}

/// The arguments of a [`Handler`]: a tuple of extractors.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the arguments of a handler",
    note = "every argument is an extractor: `Path<T>`, `Query<T>`, `Json<T>`, `Bytes`, `Text`, `Method`, `&Request`, …"
)]
pub trait Arguments<'r>: Sized {
    /// What each argument takes of a request, for the OpenAPI document.
    const INPUTS: &'static [Input];

    /// Takes every argument from the request, the first one first.
    ///
    /// # Errors
    ///
    /// What the first extractor says that cannot give its value.
    fn extract(request: &'r Request) -> Result<Self, Rejection>;
}

/// Answers a request with a handler. What `routes!` expands to.
#[doc(hidden)]
pub fn run<'r, H, A>(handler: H, request: &'r Request) -> Response
where
    H: Handler<A>,
    A: Arguments<'r>,
    H::Answer: IntoResponse,
{
    match A::extract(request) {
        Ok(arguments) => handler.call(arguments).into_response(),
        Err(rejection) => rejection.into_response(),
    }
}

macro_rules! functions {
    ($(($($argument:ident)*))*) => {$(
        impl<Function, Answer, $($argument),*> Handler<($($argument,)*)> for Function
        where
            Function: Fn($($argument),*) -> Answer,
        {
            type Answer = Answer;

            #[allow(non_snake_case)]
            fn call(&self, ($($argument,)*): ($($argument,)*)) -> Answer {
                self($($argument),*)
            }
        }

        impl<'r, $($argument: FromRequest<'r>),*> Arguments<'r> for ($($argument,)*) {
            const INPUTS: &'static [Input] = &[$($argument::INPUT),*];

            #[allow(unused_variables)]
            fn extract(request: &'r Request) -> Result<Self, Rejection> {
                Ok(($($argument::from_request(request)?,)*))
            }
        }
    )*};
}

functions! {
    ()
    (A)
    (A B)
    (A B C)
    (A B C D)
    (A B C D E)
    (A B C D E F)
    (A B C D E F G)
    (A B C D E F G H)
    (A B C D E F G H I)
    (A B C D E F G H I J)
    (A B C D E F G H I J K)
    (A B C D E F G H I J K L)
}
