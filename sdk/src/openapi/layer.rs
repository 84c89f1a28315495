//! What the `before` functions of a group take of a request, and what they answer in place of its routes.

use super::{Description, Input, Output, Status};
use crate::layers::Verdict;
use crate::{Arguments, Handler};

/// What a `before` function takes, and answers where the request goes no further.
#[derive(Clone, Copy, Debug)]
pub struct Layer {
    inputs: &'static [Input],
    refusal: Option<Output>,
}

/// What a `before` function takes and answers, told by its signature.
pub const fn describe_before<'r, H, A>(_: &H) -> Layer
where
    H: Handler<A>,
    A: Arguments<'r>,
    H::Answer: Verdict,
{
    Layer { inputs: A::INPUTS, refusal: H::Answer::REFUSAL }
}

/// How many extractors there are before a handler and in it.
pub const fn count_inputs(layers: &[Layer], handler: &Description) -> usize {
    let mut count = handler.inputs.len();
    let mut position = 0;
    while position < layers.len() {
        count += layers[position].inputs.len();
        position += 1;
    }
    count
}

/// What is taken before a handler and by it, in the order in which it is taken.
pub const fn join_inputs<const COUNT: usize>(layers: &[Layer], handler: &Description) -> [Input; COUNT] {
    let mut joined = [Input::NONE; COUNT];
    let mut len = 0;
    let mut layer = 0;
    while layer <= layers.len() {
        let inputs = if layer < layers.len() { layers[layer].inputs } else { handler.inputs };
        let mut position = 0;
        while position < inputs.len() {
            joined[len] = inputs[position];
            len += 1;
            position += 1;
        }
        layer += 1;
    }
    joined
}

impl Description {
    /// The same, where these layers stand before the handler; `inputs` is what is taken by all of them and by it.
    #[must_use]
    pub const fn behind(self, layers: &[Layer], inputs: &'static [Input]) -> Self {
        let mut described = Self { inputs, ..self };
        let mut position = 0;
        while position < layers.len() {
            if let Some(refusal) = &layers[position].refusal {
                described.output.problem = described.output.problem || refusal.problem;
                described.output.not_found = described.output.not_found || refusal.not_found;
                described.has_other_answers = described.has_other_answers || !matches!(refusal.status, Status::Never);
            }
            position += 1;
        }
        described
    }
}
