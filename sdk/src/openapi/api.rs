//! What `routes!` says of an API, for the document to be made of.

use super::{Input, Output, Status};
use crate::{Arguments, Handler, IntoResponse};

/// An API.
#[derive(Clone, Copy, Debug)]
pub struct Api {
    /// The name of the handler's package.
    pub title: &'static str,
    /// Its version.
    pub version: &'static str,
    /// What its manifest says it is; empty where it says nothing.
    pub description: &'static str,
    /// The paths, in the order of the routes.
    pub paths: &'static [Path],
}

/// A path and what can be done there.
#[derive(Clone, Copy, Debug)]
pub struct Path {
    /// The path, with its parameters in braces.
    pub template: &'static str,
    /// What can be done.
    pub operations: &'static [Operation],
}

/// What a method does.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// The method, in lower case.
    pub method: &'static str,
    /// What no other operation is called.
    pub id: &'static str,
    /// What it does, in one line.
    pub summary: Option<&'static str>,
    /// What else there is to say.
    pub details: Option<&'static str>,
    /// What it belongs to.
    pub tags: &'static [&'static str],
    /// Whether it should no longer be used.
    pub deprecated: bool,
    /// The status of an answer that says 200.
    pub status: Option<u16>,
    /// The names of the path's parameters, as the handler knows them.
    pub names: &'static [&'static str],
    /// The names of the path's parameters, as the path has them.
    pub template_names: &'static [&'static str],
    /// Whether the last parameter is all that is left of the path.
    pub has_rest: bool,
    /// What it takes and answers.
    pub description: Description,
}

/// What a handler takes and answers.
#[derive(Clone, Copy, Debug)]
pub struct Description {
    /// What it takes.
    pub inputs: &'static [Input],
    /// What it answers.
    pub output: Output,
    /// Whether what stands before it may answer something else, of which nothing is known.
    pub has_other_answers: bool,
}

impl Description {
    /// What the route says of an answer of which the handler says nothing.
    #[must_use]
    pub const fn with_answer<R: IntoResponse>(self) -> Self {
        match self.output {
            Output { status: Status::Any, content: None, .. } => {
                Self { output: Output { problem: true, ..R::OUTPUT }, ..self }
            }
            _ => self,
        }
    }
}

/// What a handler takes and answers, told by its signature.
pub const fn describe<'r, H, A>(_: &H) -> Description
where
    H: Handler<A>,
    A: Arguments<'r>,
    H::Answer: IntoResponse,
{
    Description { inputs: A::INPUTS, output: H::Answer::OUTPUT, has_other_answers: false }
}
