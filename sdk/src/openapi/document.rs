//! The document: OpenAPI 3.1, in the order of the routes.

use super::definitions::Definitions;
use super::path::Taken;
use super::writer::{Writer, is_same};
use super::{Api, Operation, Parameter, Path, Place, Shape};
use crate::typed::schema::{Kind, Notes, Property, Rules, Schema};

/// How long a document will be, about: what does not fit into so much is written once more.
pub const fn estimate(api: &Api, definitions: &Definitions) -> usize {
    let mut operations = 0;
    let mut position = 0;
    while position < api.paths.len() {
        operations += api.paths[position].operations.len();
        position += 1;
    }
    (4 << 10) + (operations << 10) + (definitions.len << 9)
}

/// A document, as far as it fits, and how long it is: that is known when it is written, and the compiler takes its time to
/// write.
pub struct Draft<const SIZE: usize> {
    bytes: [u8; SIZE],
    /// How many bytes the document has.
    pub len: usize,
}

impl<const SIZE: usize> Draft<SIZE> {
    /// Writes the document.
    pub const fn new(api: &Api, definitions: &Definitions) -> Self {
        let mut draft = Self { bytes: [0; SIZE], len: 0 };
        let mut writer = Writer::new(&mut draft.bytes);
        writer.document(api, definitions);
        draft.len = writer.len;
        draft
    }

    /// The document alone.
    pub const fn document<const LENGTH: usize>(&self, api: &Api, definitions: &Definitions) -> [u8; LENGTH] {
        let mut document = [0; LENGTH];
        if LENGTH <= SIZE {
            document.copy_from_slice(self.bytes.split_at(LENGTH).0);
        } else {
            Writer::new(&mut document).document(api, definitions);
        }
        document
    }
}

/// The document as text.
#[track_caller]
pub const fn text(document: &[u8]) -> &str {
    match std::str::from_utf8(document) {
        Ok(text) => text,
        Err(_) => panic!("the OpenAPI document is not UTF-8"),
    }
}

impl Writer<'_> {
    const fn document(&mut self, api: &Api, definitions: &Definitions) {
        self.raw("{\"openapi\":\"3.1.0\",\"info\":{\"title\":");
        self.string(api.title);
        self.raw(",\"version\":");
        self.string(api.version);
        if !api.description.is_empty() {
            self.raw(",\"description\":");
            self.string(api.description);
        }
        self.raw("},\"paths\":{");
        let mut is_first = true;
        let mut position = 0;
        while position < api.paths.len() {
            self.path(&api.paths[position], &mut is_first);
            position += 1;
        }
        self.raw("},\"components\":{\"schemas\":{");
        let mut is_first = true;
        let mut position = 0;
        while let Some(definition) = definitions.get(position) {
            self.separate(&mut is_first);
            self.raw("\"");
            self.component(definition.name);
            self.raw("\":");
            self.schema(definition.schema);
            position += 1;
        }
        self.separate(&mut is_first);
        self.raw(concat!(
            r#""Problem":{"type":"object","description":"What went wrong (RFC 9457)","properties":{"#,
            r#""type":{"type":"string","format":"uri-reference","description":"What sort of problem it is"},"#,
            r#""title":{"type":"string","description":"What sort of problem it is, for people"},"#,
            r#""status":{"type":"integer","minimum":100,"maximum":599,"description":"The status of the answer"},"#,
            r#""detail":{"type":"string","description":"What happened this time"},"#,
            r#""instance":{"type":"string","format":"uri-reference","description":"This occurrence"},"#,
            r#""errors":{"type":"array","description":"Every violation","items":{"type":"object","properties":{"#,
            r#""pointer":{"type":"string","description":"Where in the body: a JSON Pointer (RFC 6901)"},"#,
            r#""parameter":{"type":"string","description":"Which parameter of the path or the query"},"#,
            r#""detail":{"type":"string","description":"What is wrong there"}},"required":["detail"]}}},"#,
            r#""required":["title","status"]}}"#,
        ));
        self.responses(api);
        self.security_schemes(api);
        self.raw("}}");
    }

    const fn path(&mut self, path: &Path, is_first: &mut bool) {
        self.key(is_first, path.template);
        self.raw("{");
        let mut is_first = true;
        let mut position = 0;
        while position < path.operations.len() {
            let operation = &path.operations[position];
            self.key(&mut is_first, operation.method);
            self.operation(operation);
            position += 1;
        }
        self.raw("}");
    }

    const fn operation(&mut self, operation: &Operation) {
        self.raw("{\"operationId\":");
        self.string(operation.id);
        let mut is_first = false;
        self.text_member("summary", operation.summary, &mut is_first);
        self.text_member("description", operation.details, &mut is_first);
        if !operation.tags.is_empty() {
            self.raw(",\"tags\":[");
            let mut is_first = true;
            let mut position = 0;
            while position < operation.tags.len() {
                self.separate(&mut is_first);
                self.string(operation.tags[position]);
                position += 1;
            }
            self.raw("]");
        }
        if operation.deprecated {
            self.raw(",\"deprecated\":true");
        }
        self.parameters(operation);
        self.request_body(operation);
        self.answers(operation);
        self.security(operation);
        self.raw("}");
    }

    const fn parameters(&mut self, operation: &Operation) {
        let mut is_first = true;
        let mut position = 0;
        while position < operation.names.len() {
            self.begin_parameter(&mut is_first);
            self.path_parameter(operation, position);
            position += 1;
        }
        let mut position = 0;
        while position < operation.description.inputs.len() {
            let input = &operation.description.inputs[position];
            if let Some(shape) = &input.query {
                self.query(operation, position, shape, input.optional, &mut is_first);
            }
            let mut parameter = 0;
            while parameter < input.parameters.len() {
                let of = &input.parameters[parameter];
                if !is_known(operation, position, parameter, of.place, of.name) {
                    self.begin_parameter(&mut is_first);
                    self.parameter(of, of.required && !input.optional);
                }
                parameter += 1;
            }
            position += 1;
        }
        if !is_first {
            self.raw("]");
        }
    }

    const fn begin_parameter(&mut self, is_first: &mut bool) {
        if *is_first {
            self.raw(",\"parameters\":[");
            *is_first = false;
        } else {
            self.raw(",");
        }
    }

    const fn path_parameter(&mut self, operation: &Operation, position: usize) {
        self.raw("{\"name\":");
        self.string(operation.template_names[position]);
        self.raw(",\"in\":\"path\",\"required\":true,");
        let (mut schema, mut rules, mut notes) = (&PART, Rules::NONE, Notes::NONE);
        let mut input = 0;
        while input < operation.description.inputs.len() {
            if let Some(shape) = &operation.description.inputs[input].path {
                match shape.of_path(operation.names, position) {
                    Taken::Not => {}
                    Taken::Schema(of) => schema = of,
                    Taken::Property(property) => {
                        (schema, rules, notes) = (property.schema, property.rules, property.notes);
                    }
                }
            }
            input += 1;
        }
        let schema = without_null(schema);
        // Nothing between two slashes is another path.
        let all = schema.rules.and(rules);
        if matches!(schema.kind, Kind::String) && all.min_length.is_none() && all.format.is_none() {
            rules.min_length = Some(1);
        }
        if operation.has_rest && position + 1 == operation.names.len() {
            self.raw("\"description\":\"");
            if let Some(description) = notes.description {
                self.escaped(description);
                self.raw("\\n\\n");
            }
            self.raw("All that is left of the path: its slashes are sent as they are\",");
        } else {
            self.description(&notes);
        }
        self.raw("\"schema\":");
        self.schema_with(schema, &rules, &Notes { description: None, default: None, deprecated: false, ..notes });
        self.raw("}");
    }

    /// A description, deprecation: what a parameter says of itself, and its schema not again.
    const fn description(&mut self, notes: &Notes) {
        if let Some(description) = notes.description {
            self.raw("\"description\":");
            self.string(description);
            self.raw(",");
        }
        if notes.deprecated {
            self.raw("\"deprecated\":true,");
        }
    }

    /// The parameters of the query: a property each, or one for all where nobody knows their names.
    const fn query(&mut self, operation: &Operation, input: usize, shape: &Shape, optional: bool, is_first: &mut bool) {
        let Kind::Object { properties, .. } = &shape.resolved().kind else {
            self.begin_parameter(is_first);
            self.raw("{\"name\":\"query\",\"in\":\"query\",\"style\":\"form\",\"explode\":true,\"schema\":");
            self.schema(shape.schema);
            self.raw("}");
            return;
        };
        let mut position = 0;
        while position < properties.len() {
            let property = &properties[position];
            if !is_known(operation, input, 0, Place::Query, property.name) {
                self.begin_parameter(is_first);
                self.query_parameter(property, property.required && !optional);
            }
            position += 1;
        }
    }

    const fn query_parameter(&mut self, property: &Property, required: bool) {
        self.raw("{\"name\":");
        self.string(property.name);
        self.raw(",\"in\":\"query\",");
        if required {
            self.raw("\"required\":true,");
        }
        self.description(&property.notes);
        self.raw("\"schema\":");
        let notes = Notes { description: None, deprecated: false, ..property.notes };
        self.schema_with(without_null(property.schema), &property.rules, &notes);
        self.raw("}");
    }

    const fn parameter(&mut self, parameter: &Parameter, required: bool) {
        self.raw("{\"name\":");
        self.string(parameter.name);
        self.raw(",\"in\":");
        self.string(place(parameter.place));
        self.raw(",");
        if required {
            self.raw("\"required\":true,");
        }
        self.description(&Notes { description: parameter.description, ..Notes::NONE });
        self.raw("\"schema\":");
        self.schema(without_null(parameter.shape.schema));
        self.raw("}");
    }

    /// What is read of the body: the first extractor of one decides.
    const fn request_body(&mut self, operation: &Operation) {
        let mut position = 0;
        while position < operation.description.inputs.len() {
            let input = &operation.description.inputs[position];
            if let Some(body) = &input.body {
                self.raw(",\"requestBody\":{");
                if body.required && !input.optional {
                    self.raw("\"required\":true,");
                }
                self.raw("\"content\":{");
                let mut is_first = true;
                let mut position = 0;
                while position < body.content.len() {
                    self.content(&body.content[position], &mut is_first);
                    position += 1;
                }
                self.raw("}}");
                return;
            }
            position += 1;
        }
    }

    pub(super) const fn content(&mut self, content: &super::Content, is_first: &mut bool) {
        self.key(is_first, content.media_type);
        self.raw("{");
        if let Some(shape) = &content.shape {
            self.raw("\"schema\":");
            self.schema(shape.schema);
        }
        self.raw("}");
    }
}

/// A part of a path of which nothing is known but that it is not empty.
const PART: Schema = Schema::new(Kind::String);

pub(super) const fn place(place: Place) -> &'static str {
    match place {
        Place::Query => "query",
        Place::Header => "header",
        Place::Cookie => "cookie",
    }
}

/// A parameter that is `null` is one that is left out.
const fn without_null(schema: &'static Schema) -> &'static Schema {
    match schema.kind {
        Kind::Nullable(inner) => inner,
        _ => schema,
    }
}

/// Whether an extractor before this one, or a parameter before this one, has said it already.
const fn is_known(operation: &Operation, input: usize, parameter: usize, place: Place, name: &str) -> bool {
    let mut position = 0;
    while position <= input {
        let other = &operation.description.inputs[position];
        if position < input
            && matches!(place, Place::Query)
            && let Some(shape) = &other.query
            && let Kind::Object { properties, .. } = &shape.resolved().kind
        {
            let mut property = 0;
            while property < properties.len() {
                if is_same(properties[property].name, name) {
                    return true;
                }
                property += 1;
            }
        }
        let end = if position < input { other.parameters.len() } else { parameter };
        let mut earlier = 0;
        while earlier < end {
            let other = &other.parameters[earlier];
            if other.place as u8 == place as u8 && is_same(other.name, name) {
                return true;
            }
            earlier += 1;
        }
        position += 1;
    }
    false
}
