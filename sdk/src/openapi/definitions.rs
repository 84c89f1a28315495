//! Every definition that a document needs, each once.

use super::same::is_same_schema;
use super::writer::{Message, is_same};
use super::{Api, Description, Operation, Shape};
use crate::typed::schema::{Definition, Kind, Schema, Tree};

/// How many definitions a document may have.
const MOST: usize = 512;

/// The definitions, in the order in which they are met.
pub struct Definitions {
    all: [Option<Known>; MOST],
    pub(super) len: usize,
    /// What cannot be said: two types of one name, or too many of them.
    wrong: Option<Wrong>,
}

#[derive(Clone, Copy)]
struct Known {
    definition: &'static Definition,
    /// Where it was met first, which is nearest to a route: what is reached from there goes furthest.
    tree: &'static Tree,
}

#[derive(Clone, Copy)]
enum Wrong {
    TwoOfOneName(&'static str),
    TooMany,
}

impl Definitions {
    /// Those of all routes: first the types that routes name, then what those are made of, step by step.
    pub const fn of(api: &Api) -> Self {
        let mut definitions = Self { all: [None; MOST], len: 0, wrong: None };
        definitions.add_routes(api, true);
        definitions.add_routes(api, false);
        let mut position = 0;
        while position < definitions.len {
            if let Some(known) = definitions.all[position] {
                definitions.add_all(known.tree.children);
            }
            position += 1;
        }
        definitions
    }

    const fn add_routes(&mut self, api: &Api, named: bool) {
        let mut path = 0;
        while path < api.paths.len() {
            let operations = api.paths[path].operations;
            let mut operation = 0;
            while operation < operations.len() {
                self.add_operation(&operations[operation], named);
                operation += 1;
            }
            path += 1;
        }
    }

    const fn add_operation(&mut self, operation: &Operation, named: bool) {
        let Description { inputs, output, has_other_answers: _ } = &operation.description;
        let mut position = 0;
        while position < inputs.len() {
            let input = &inputs[position];
            if let Some(shape) = &input.path {
                self.add_parameters(shape, named);
            }
            if let Some(shape) = &input.query {
                self.add_parameters(shape, named);
            }
            let mut parameter = 0;
            while parameter < input.parameters.len() {
                self.add_shape(&input.parameters[parameter].shape, named);
                parameter += 1;
            }
            if let Some(body) = &input.body {
                let mut content = 0;
                while content < body.content.len() {
                    if let Some(shape) = &body.content[content].shape {
                        self.add_shape(shape, named);
                    }
                    content += 1;
                }
            }
            position += 1;
        }
        if let Some(content) = &output.content
            && let Some(shape) = &content.shape
        {
            self.add_shape(shape, named);
        }
        let mut header = 0;
        while header < output.headers.len() {
            self.add_shape(&output.headers[header].shape, named);
            header += 1;
        }
    }

    /// What the properties of a type refer to: a type whose properties are parameters is not spoken of itself.
    const fn add_parameters(&mut self, shape: &Shape, named: bool) {
        match shape.resolved().kind {
            Kind::Object { .. } if named => {}
            Kind::Object { .. } => self.add_all(shape.definitions.children),
            _ => self.add_shape(shape, named),
        }
    }

    const fn add_shape(&mut self, shape: &Shape, named: bool) {
        match shape.definitions.own {
            Some(definition) if named => self.add(definition, shape.definitions),
            None if !named => self.add_all(shape.definitions.children),
            _ => {}
        }
    }

    const fn add_all(&mut self, trees: &[&'static Tree]) {
        let mut position = 0;
        while position < trees.len() {
            let tree = trees[position];
            match tree.own {
                Some(definition) => self.add(definition, tree),
                None => self.add_all(tree.children),
            }
            position += 1;
        }
    }

    const fn add(&mut self, definition: &'static Definition, tree: &'static Tree) {
        let mut position = 0;
        while position < self.len {
            if let Some(known) = &self.all[position]
                && is_same(known.definition.name, definition.name)
            {
                if !is_same_schema(known.definition.schema, definition.schema) {
                    self.wrong = Some(Wrong::TwoOfOneName(definition.name));
                }
                return;
            }
            position += 1;
        }
        if self.len == MOST {
            self.wrong = Some(Wrong::TooMany);
            return;
        }
        self.all[self.len] = Some(Known { definition, tree });
        self.len += 1;
    }

    pub(super) const fn get(&self, position: usize) -> Option<&'static Definition> {
        match self.all[position] {
            Some(known) => Some(known.definition),
            None => None,
        }
    }

    /// What a name stands for.
    pub(super) const fn find(&self, name: &str) -> Option<&'static Schema> {
        let mut position = 0;
        while position < self.len {
            if let Some(known) = self.all[position]
                && is_same(known.definition.name, name)
            {
                return Some(known.definition.schema);
            }
            position += 1;
        }
        None
    }

    /// Ends the compilation where something cannot be said.
    #[track_caller]
    pub const fn check(&self) {
        match self.wrong {
            None => {}
            Some(Wrong::TwoOfOneName(name)) => {
                let message = Message::new(&[
                    "two different types are called `",
                    name,
                    "`, and a document knows a type by its name: give one of them another",
                ]);
                panic!("{}", message.text());
            }
            Some(Wrong::TooMany) => panic!("a document has at most 512 named types"),
        }
        if self.find("Problem").is_some() {
            panic!("a document calls the SDK's own problems `Problem`: give your type another name");
        }
        let mut position = 0;
        while position < self.len {
            if let Some(known) = self.all[position]
                && let Some(name) = self.lacks(known.definition.schema)
            {
                let message = Message::new(&[
                    "`",
                    name,
                    "`, which `",
                    known.definition.name,
                    "` refers to, is out of reach: types are nested at most nine deep in a document",
                ]);
                panic!("{}", message.text());
            }
            position += 1;
        }
    }

    /// A name that a schema refers to and nobody has defined.
    const fn lacks(&self, schema: &Schema) -> Option<&'static str> {
        match schema.kind {
            Kind::Reference(name) => match self.find(name) {
                Some(_) => None,
                None => Some(name),
            },
            Kind::Array(inner) | Kind::Map(inner) | Kind::Nullable(inner) => self.lacks(inner),
            Kind::Tuple(schemas) | Kind::OneOf(schemas) | Kind::AnyOf(schemas) | Kind::AllOf(schemas) => {
                let mut position = 0;
                while position < schemas.len() {
                    if let Some(name) = self.lacks(schemas[position]) {
                        return Some(name);
                    }
                    position += 1;
                }
                None
            }
            Kind::Object { properties, .. } => {
                let mut position = 0;
                while position < properties.len() {
                    if let Some(name) = self.lacks(properties[position].schema) {
                        return Some(name);
                    }
                    position += 1;
                }
                None
            }
            Kind::Any
            | Kind::Null
            | Kind::Boolean
            | Kind::Integer
            | Kind::Number
            | Kind::String
            | Kind::Constants(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openapi::{Output, Path};
    use crate::{Json, Type};

    mod other {
        #[derive(crate::Type)]
        pub(super) struct User {
            #[allow(dead_code)]
            pub(super) id: u64,
        }
    }

    #[derive(Type)]
    struct User {
        #[allow(dead_code)]
        name: String,
    }

    #[derive(Type)]
    struct Problem {
        #[allow(dead_code)]
        name: String,
    }

    const fn operation(output: Output) -> Operation {
        Operation {
            method: "get",
            id: "x",
            summary: None,
            details: None,
            tags: &[],
            deprecated: false,
            status: None,
            names: &[],
            template_names: &[],
            has_rest: false,
            description: Description { inputs: &[], output, has_other_answers: false },
        }
    }

    fn refusal(operations: &'static [Operation]) -> String {
        let paths = Box::leak(Box::new([Path { template: "/", operations }]));
        let api = Api { title: "t", version: "1", description: "", paths };
        let refused = std::panic::catch_unwind(|| Definitions::of(&api).check()).unwrap_err();
        refused
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| refused.downcast_ref::<&str>().map(ToString::to_string))
            .unwrap()
    }

    #[test]
    fn two_types_of_one_name_are_refused() {
        use crate::IntoResponse;
        const TWO: &[Operation] = &[operation(<Json<User>>::OUTPUT), operation(<Json<other::User>>::OUTPUT)];
        assert!(refusal(TWO).contains("two different types are called `User`"));
        const TAKEN: &[Operation] = &[operation(<Json<Problem>>::OUTPUT)];
        assert!(refusal(TAKEN).contains("`Problem`"));
    }
}
