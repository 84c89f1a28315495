//! Whether two schemas say the same: `==` is no constant function.

use super::writer::is_same;
use crate::typed::schema::{Kind, Notes, Property, Rules, Schema};

/// Whether two schemas say the same of a value. What is said about it is no matter.
pub(super) const fn is_same_schema(one: &Schema, other: &Schema) -> bool {
    is_same_kind(&one.kind, &other.kind) && is_same_rules(&one.rules, &other.rules)
}

const fn is_same_kind(one: &Kind, other: &Kind) -> bool {
    match (one, other) {
        (Kind::Any, Kind::Any)
        | (Kind::Null, Kind::Null)
        | (Kind::Boolean, Kind::Boolean)
        | (Kind::Integer, Kind::Integer)
        | (Kind::Number, Kind::Number)
        | (Kind::String, Kind::String) => true,
        (Kind::Constants(one), Kind::Constants(other)) => {
            let mut is_equal = one.len() == other.len();
            let mut position = 0;
            while is_equal && position < one.len() {
                is_equal = is_same(one[position], other[position]);
                position += 1;
            }
            is_equal
        }
        (Kind::Array(one), Kind::Array(other))
        | (Kind::Map(one), Kind::Map(other))
        | (Kind::Nullable(one), Kind::Nullable(other)) => is_same_schema(one, other),
        (Kind::Tuple(one), Kind::Tuple(other))
        | (Kind::OneOf(one), Kind::OneOf(other))
        | (Kind::AnyOf(one), Kind::AnyOf(other))
        | (Kind::AllOf(one), Kind::AllOf(other)) => {
            let mut is_equal = one.len() == other.len();
            let mut position = 0;
            while is_equal && position < one.len() {
                is_equal = is_same_schema(one[position], other[position]);
                position += 1;
            }
            is_equal
        }
        (
            Kind::Object { properties: one, additional: one_more },
            Kind::Object { properties: other, additional: other_more },
        ) => {
            let mut is_equal = one.len() == other.len() && *one_more == *other_more;
            let mut position = 0;
            while is_equal && position < one.len() {
                is_equal = is_same_property(&one[position], &other[position]);
                position += 1;
            }
            is_equal
        }
        (Kind::Reference(one), Kind::Reference(other)) => is_same(one, other),
        _ => false,
    }
}

const fn is_same_property(one: &Property, other: &Property) -> bool {
    is_same(one.name, other.name)
        && one.required == other.required
        && is_same_rules(&one.rules, &other.rules)
        && is_same_default(&one.notes, &other.notes)
        && is_same_schema(one.schema, other.schema)
}

const fn is_same_rules(one: &Rules, other: &Rules) -> bool {
    is_same_text(one.minimum, other.minimum)
        && is_same_text(one.maximum, other.maximum)
        && is_same_number(one.min_length, other.min_length)
        && is_same_number(one.max_length, other.max_length)
        && is_same_number(one.min_items, other.min_items)
        && is_same_number(one.max_items, other.max_items)
        && is_same_number(one.min_properties, other.min_properties)
        && is_same_number(one.max_properties, other.max_properties)
        && one.unique_items == other.unique_items
        && is_same_text(one.format, other.format)
        && is_same_text(one.pattern, other.pattern)
}

const fn is_same_default(one: &Notes, other: &Notes) -> bool {
    is_same_text(one.default, other.default)
}

const fn is_same_text(one: Option<&str>, other: Option<&str>) -> bool {
    match (one, other) {
        (None, None) => true,
        (Some(one), Some(other)) => is_same(one, other),
        _ => false,
    }
}

const fn is_same_number(one: Option<usize>, other: Option<usize>) -> bool {
    match (one, other) {
        (None, None) => true,
        (Some(one), Some(other)) => one == other,
        _ => false,
    }
}
