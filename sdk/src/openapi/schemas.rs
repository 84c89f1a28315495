//! A schema as JSON Schema 2020-12, which is what OpenAPI 3.1 speaks.

use super::writer::Writer;
use crate::typed::schema::{Kind, Notes, Property, Rules, Schema};

impl Writer<'_> {
    pub(super) const fn schema(&mut self, schema: &Schema) {
        self.schema_with(schema, &Rules::NONE, &Notes::NONE);
    }

    /// A property's schema, with what the property itself says.
    pub(super) const fn property(&mut self, property: &Property) {
        self.schema_with(property.schema, &property.rules, &property.notes);
    }

    /// A schema with rules and notes that go before its own.
    pub(super) const fn schema_with(&mut self, schema: &Schema, rules: &Rules, notes: &Notes) {
        let mut rules = schema.rules.and(*rules);
        let mut notes = schema.notes.and(*notes);
        let mut is_first = true;
        self.raw("{");
        match &schema.kind {
            // `"type": ["string", "null"]` where there is a type to put it beside.
            Kind::Nullable(inner) if type_name(&inner.kind).is_some() => {
                rules = inner.rules.and(rules);
                notes = inner.notes.and(notes);
                self.kind(&inner.kind, true, &rules, &mut is_first);
            }
            kind => self.kind(kind, false, &rules, &mut is_first),
        }
        self.rules(&rules, &mut is_first);
        self.notes(&notes, &mut is_first);
        self.raw("}");
    }

    const fn kind(&mut self, kind: &Kind, or_null: bool, rules: &Rules, is_first: &mut bool) {
        if let Some(name) = type_name(kind) {
            self.key(is_first, "type");
            if or_null {
                self.raw("[");
                self.string(name);
                self.raw(",\"null\"]");
            } else {
                self.string(name);
            }
        }
        match kind {
            Kind::Any | Kind::Null | Kind::Boolean | Kind::Integer | Kind::Number | Kind::String => {}
            Kind::Constants(values) => {
                self.key(is_first, "enum");
                self.raw("[");
                let mut is_first = true;
                let mut position = 0;
                while position < values.len() {
                    self.separate(&mut is_first);
                    self.string(values[position]);
                    position += 1;
                }
                if or_null {
                    self.raw(",null");
                }
                self.raw("]");
            }
            Kind::Array(items) => {
                self.key(is_first, "items");
                self.schema(items);
            }
            Kind::Tuple(items) => {
                if !items.is_empty() {
                    self.key(is_first, "prefixItems");
                    self.schemas(items);
                }
                self.key(is_first, "items");
                self.raw("false");
                if rules.min_items.is_none() {
                    self.key(is_first, "minItems");
                    self.number(items.len());
                }
                if rules.max_items.is_none() {
                    self.key(is_first, "maxItems");
                    self.number(items.len());
                }
            }
            Kind::Map(values) => {
                self.key(is_first, "additionalProperties");
                self.schema(values);
            }
            Kind::Object { properties, additional } => self.object(properties, *additional, is_first),
            Kind::Nullable(inner) => {
                self.key(is_first, "anyOf");
                self.raw("[");
                self.schema(inner);
                self.raw(",{\"type\":\"null\"}]");
            }
            Kind::OneOf(schemas) => {
                self.key(is_first, "oneOf");
                self.schemas(schemas);
            }
            Kind::AnyOf(schemas) => {
                self.key(is_first, "anyOf");
                self.schemas(schemas);
            }
            Kind::AllOf(schemas) => {
                self.key(is_first, "allOf");
                self.schemas(schemas);
            }
            Kind::Reference(name) => {
                self.key(is_first, "$ref");
                self.raw("\"#/components/schemas/");
                self.component(name);
                self.raw("\"");
            }
        }
    }

    const fn object(&mut self, properties: &[Property], additional: bool, is_first: &mut bool) {
        self.key(is_first, "properties");
        self.raw("{");
        let mut is_first_property = true;
        let mut has_required = false;
        let mut position = 0;
        while position < properties.len() {
            let property = &properties[position];
            self.key(&mut is_first_property, property.name);
            self.property(property);
            has_required = has_required || property.required;
            position += 1;
        }
        self.raw("}");
        if has_required {
            self.key(is_first, "required");
            self.raw("[");
            let mut is_first = true;
            let mut position = 0;
            while position < properties.len() {
                if properties[position].required {
                    self.separate(&mut is_first);
                    self.string(properties[position].name);
                }
                position += 1;
            }
            self.raw("]");
        }
        if !additional {
            self.key(is_first, "additionalProperties");
            self.raw("false");
        }
    }

    const fn schemas(&mut self, schemas: &[&Schema]) {
        self.raw("[");
        let mut is_first = true;
        let mut position = 0;
        while position < schemas.len() {
            self.separate(&mut is_first);
            self.schema(schemas[position]);
            position += 1;
        }
        self.raw("]");
    }

    const fn rules(&mut self, rules: &Rules, is_first: &mut bool) {
        // All of them, so that a new one cannot be forgotten.
        let Rules {
            minimum,
            maximum,
            min_length,
            max_length,
            min_items,
            max_items,
            min_properties,
            max_properties,
            unique_items,
            format,
            pattern,
        } = rules;
        self.json_member("minimum", *minimum, is_first);
        self.json_member("maximum", *maximum, is_first);
        self.number_member("minLength", *min_length, is_first);
        self.number_member("maxLength", *max_length, is_first);
        self.number_member("minItems", *min_items, is_first);
        self.number_member("maxItems", *max_items, is_first);
        self.number_member("minProperties", *min_properties, is_first);
        self.number_member("maxProperties", *max_properties, is_first);
        if *unique_items {
            self.key(is_first, "uniqueItems");
            self.raw("true");
        }
        self.text_member("format", *format, is_first);
        self.text_member("pattern", *pattern, is_first);
    }

    const fn notes(&mut self, notes: &Notes, is_first: &mut bool) {
        let Notes { description, default, deprecated, extensions } = notes;
        self.text_member("description", *description, is_first);
        self.json_member("default", *default, is_first);
        if *deprecated {
            self.key(is_first, "deprecated");
            self.raw("true");
        }
        let mut position = 0;
        while position < extensions.len() {
            let (name, json) = extensions[position];
            self.json_member(name, Some(json), is_first);
            position += 1;
        }
    }

    pub(super) const fn text_member(&mut self, key: &str, text: Option<&str>, is_first: &mut bool) {
        if let Some(text) = text {
            self.key(is_first, key);
            self.string(text);
        }
    }

    const fn json_member(&mut self, key: &str, json: Option<&str>, is_first: &mut bool) {
        if let Some(json) = json {
            self.key(is_first, key);
            self.raw(json);
        }
    }

    const fn number_member(&mut self, key: &str, number: Option<usize>, is_first: &mut bool) {
        if let Some(number) = number {
            self.key(is_first, key);
            self.number(number);
        }
    }
}

/// The name of a kind's type, where it has one.
const fn type_name(kind: &Kind) -> Option<&'static str> {
    match kind {
        Kind::Null => Some("null"),
        Kind::Boolean => Some("boolean"),
        Kind::Integer => Some("integer"),
        Kind::Number => Some("number"),
        Kind::String | Kind::Constants(_) => Some("string"),
        Kind::Array(_) | Kind::Tuple(_) => Some("array"),
        Kind::Map(_) | Kind::Object { .. } => Some("object"),
        Kind::Any | Kind::Nullable(_) | Kind::OneOf(_) | Kind::AnyOf(_) | Kind::AllOf(_) | Kind::Reference(_) => None,
    }
}
