//! Whether a route's pattern has what its handler takes from the path, and the handler takes what the pattern has.

use super::writer::{Message, is_same};
use super::{Input, Shape};
use crate::typed::schema::{Kind, Property, Schema, Tree};

impl Shape {
    /// The schema itself, where it is a name: of a type, or of one that does nothing but hold another.
    pub(super) const fn resolved(&self) -> &'static Schema {
        let (mut schema, mut tree) = (self.schema, self.definitions);
        while let Kind::Reference(name) = schema.kind {
            match named(tree, name) {
                Some((definition, of)) => (schema, tree) = (definition, of),
                None => return schema,
            }
        }
        schema
    }

    /// What it says of one of the path's parameters: its schema, and what the property says besides.
    pub(super) const fn of_path(&self, names: &[&str], position: usize) -> Taken {
        match &self.resolved().kind {
            Kind::Object { properties, .. } => {
                let mut property = 0;
                while property < properties.len() {
                    if is_same(properties[property].name, names[position]) {
                        return Taken::Property(&properties[property]);
                    }
                    property += 1;
                }
                Taken::Not
            }
            Kind::Tuple(schemas) if position < schemas.len() => Taken::Schema(schemas[position]),
            Kind::Tuple(_) => Taken::Not,
            Kind::Array(schema) | Kind::Map(schema) => Taken::Schema(schema),
            _ => Taken::Schema(self.schema),
        }
    }
}

/// What a name stands for that a tree or one of its parts defines, with the tree of that.
const fn named(tree: &'static Tree, name: &str) -> Option<(&'static Schema, &'static Tree)> {
    if let Some(definition) = tree.own
        && is_same(definition.name, name)
        // A name that stands for itself would be looked up for ever.
        && !matches!(definition.schema.kind, Kind::Reference(again) if is_same(again, name))
    {
        return Some((definition.schema, tree));
    }
    // One child is the list of the parts; a list has the first of them and the others.
    let mut list = tree;
    if list.children.len() == 1 {
        list = list.children[0];
    }
    while list.children.len() == 2 {
        let part = list.children[0];
        if let Some(definition) = part.own
            && is_same(definition.name, name)
        {
            return Some((definition.schema, part));
        }
        list = list.children[1];
    }
    None
}

/// What an extractor takes a parameter of the path as.
pub(super) enum Taken {
    /// It does not take it.
    Not,
    Schema(&'static Schema),
    Property(&'static Property),
}

/// Ends the compilation where the parameters of a pattern and what its handler takes are not the same.
/// What may be passed over need not be taken.
#[track_caller]
pub const fn check_path(inputs: &[Input], names: &[&str], may_pass_over: bool) {
    let mut is_opaque = may_pass_over;
    let mut position = 0;
    while position < inputs.len() {
        let input = &inputs[position];
        is_opaque = is_opaque || input.opaque;
        if let Some(shape) = &input.path
            && !(input.optional && names.is_empty())
        {
            check_shape(shape, names);
        }
        position += 1;
    }
    let mut name = 0;
    while name < names.len() && !is_opaque {
        if !is_taken(inputs, names, name) {
            let message = Message::new(&[
                "the handler does not take `{",
                names[name],
                "}`: add `Path<T>` to its arguments, with as many values or fields as the route has parameters, or `&Request`",
            ]);
            panic!("{}", message.text());
        }
        name += 1;
    }
}

const fn is_taken(inputs: &[Input], names: &[&str], name: usize) -> bool {
    let mut position = 0;
    while position < inputs.len() {
        if let Some(shape) = &inputs[position].path
            && !matches!(shape.of_path(names, name), Taken::Not)
        {
            return true;
        }
        position += 1;
    }
    false
}

/// That nothing is asked for which the pattern lacks.
#[track_caller]
const fn check_shape(shape: &Shape, names: &[&str]) {
    match &shape.resolved().kind {
        Kind::Object { properties, .. } => {
            let mut property = 0;
            while property < properties.len() {
                if properties[property].required && !has(names, properties[property].name) {
                    let name = properties[property].name;
                    let message = Message::new(&[
                        "the handler takes `",
                        name,
                        "` from the path, and this route has no such parameter: write `{",
                        name,
                        "}` in it",
                    ]);
                    panic!("{}", message.text());
                }
                property += 1;
            }
        }
        Kind::Tuple(schemas) => {
            if schemas.len() != names.len() {
                panic!(
                    "the handler takes a tuple from the path, and this route has another number of parameters: `Path<(A, B)>` goes with two, such as `/{{a}}/{{b}}`"
                );
            }
        }
        Kind::Null | Kind::Boolean | Kind::Integer | Kind::Number | Kind::String | Kind::Constants(_) => {
            if names.is_empty() {
                panic!(
                    "the handler takes a value from the path, and this route has no parameter: write one, such as `{{id}}`"
                );
            }
            if names.len() > 1 {
                panic!(
                    "the handler takes one value from the path, and this route has more: take `Path<(A, B)>`, in the order of the route, or a type whose fields have the names"
                );
            }
        }
        Kind::Any
        | Kind::Array(_)
        | Kind::Map(_)
        | Kind::Nullable(_)
        | Kind::OneOf(_)
        | Kind::AnyOf(_)
        | Kind::AllOf(_)
        | Kind::Reference(_) => {}
    }
}

const fn has(names: &[&str], name: &str) -> bool {
    let mut position = 0;
    while position < names.len() {
        if is_same(names[position], name) {
            return true;
        }
        position += 1;
    }
    false
}
