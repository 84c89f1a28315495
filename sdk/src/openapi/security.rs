//! What proves who is asking, as the document says it: of an operation, and among the components.

use super::document::place;
use super::writer::{Writer, is_same};
use super::{Api, Operation, Scheme, Security};

impl Writer<'_> {
    /// Every proof that is asked for at once; one that may be left out is in the first of two ways only.
    pub(super) const fn security(&mut self, operation: &Operation) {
        let (mut count, mut required) = (0, 0);
        let mut position = 0;
        while position < operation.description.inputs.len() {
            if operation.description.inputs[position].security.is_some() {
                count += 1;
                required += !operation.description.inputs[position].optional as usize;
            }
            position += 1;
        }
        if count == 0 {
            return;
        }
        self.raw(",\"security\":[");
        self.requirement(operation, true);
        if required < count {
            self.raw(",");
            self.requirement(operation, false);
        }
        self.raw("]");
    }

    const fn requirement(&mut self, operation: &Operation, with_optional: bool) {
        self.raw("{");
        let mut is_first = true;
        let mut position = 0;
        while position < operation.description.inputs.len() {
            let input = &operation.description.inputs[position];
            if let Some(security) = &input.security
                && (with_optional || !input.optional)
                && !is_asked_before(operation, position, security.name)
            {
                self.key(&mut is_first, security.name);
                self.raw("[]");
            }
            position += 1;
        }
        self.raw("}");
    }

    pub(super) const fn security_schemes(&mut self, api: &Api) {
        let mut is_first = true;
        let mut path = 0;
        while path < api.paths.len() {
            let operations = api.paths[path].operations;
            let mut operation = 0;
            while operation < operations.len() {
                let inputs = operations[operation].description.inputs;
                let mut input = 0;
                while input < inputs.len() {
                    if let Some(security) = &inputs[input].security
                        && !is_defined_before(api, path, operation, input, security.name)
                    {
                        if is_first {
                            self.raw(",\"securitySchemes\":{");
                        } else {
                            self.raw(",");
                        }
                        is_first = false;
                        self.security_scheme(security);
                    }
                    input += 1;
                }
                operation += 1;
            }
            path += 1;
        }
        if !is_first {
            self.raw("}");
        }
    }

    const fn security_scheme(&mut self, security: &Security) {
        self.string(security.name);
        match security.scheme {
            Scheme::Http(scheme) => {
                self.raw(":{\"type\":\"http\",\"scheme\":");
                self.string(scheme);
            }
            Scheme::ApiKey(of, name) => {
                self.raw(":{\"type\":\"apiKey\",\"in\":");
                self.string(place(of));
                self.raw(",\"name\":");
                self.string(name);
            }
        }
        self.raw("}");
    }
}

const fn is_asked_before(operation: &Operation, input: usize, name: &str) -> bool {
    let mut position = 0;
    while position < input {
        if let Some(security) = &operation.description.inputs[position].security
            && is_same(security.name, name)
        {
            return true;
        }
        position += 1;
    }
    false
}

const fn is_defined_before(api: &Api, path: usize, operation: usize, input: usize, name: &str) -> bool {
    let mut in_path = 0;
    while in_path <= path {
        let operations = api.paths[in_path].operations;
        let mut position = 0;
        while position < operations.len() && (in_path < path || position <= operation) {
            let end = if in_path == path && position == operation {
                input
            } else {
                operations[position].description.inputs.len()
            };
            if is_asked_before(&operations[position], end, name) {
                return true;
            }
            position += 1;
        }
        in_path += 1;
    }
    false
}
