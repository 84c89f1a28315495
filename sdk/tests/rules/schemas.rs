//! What the schema says, as the OpenAPI document is made of it.

use super::*;
use mik_sdk::typed::Untyped;
use mik_sdk::typed::schema::{Kind, Property, Schema};

fn properties(schema: &'static Schema) -> &'static [Property] {
    match schema.kind {
        Kind::Object { properties, .. } => properties,
        other => panic!("{other:?}"),
    }
}

/// A list in a list of itself, whose constants would go round in a circle.
#[derive(Type)]
#[allow(dead_code)]
struct Tree<T> {
    value: T,
    children: Vec<Tree<T>>,
    parent: Option<Box<Self>>,
}

#[derive(Type)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct Holder<'a> {
    /// The tree.
    ///
    /// Of orders.
    tree: Tree<Order>,
    borrowed: &'a str,
    #[serde(skip)]
    skipped: u8,
    #[field(deprecated, x_order = 1, default = "a")]
    text: String,
    foreign: Untyped<std::time::Duration>,
    #[serde(with = "as_text")]
    converted: std::time::Duration,
}

mod as_text {
    use mik_sdk::__private::serde::{Deserialize, Deserializer, Serializer};
    use std::time::Duration;

    pub(super) fn serialize<S: Serializer>(_: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("soon")
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        String::deserialize(deserializer).map(|_| Duration::ZERO)
    }
}

#[test]
fn a_named_type_is_a_reference_to_what_it_is_defined_as() {
    assert!(matches!(Holder::SCHEMA.kind, Kind::Reference("Holder")));
    let definition = Holder::DEFINITION.unwrap();
    assert_eq!(definition.name, "Holder");
    assert!(matches!(definition.schema.kind, Kind::Object { additional: false, .. }));
    let properties = properties(definition.schema);
    let said: Vec<_> = properties.iter().map(|it| (it.name, it.required)).collect();
    assert_eq!(said, [("tree", true), ("borrowed", true), ("text", false), ("foreign", true), ("converted", true)]);
    assert_eq!(properties[0].notes.description, Some("The tree.\n\nOf orders."));
    let notes = &properties[2].notes;
    assert!(notes.deprecated);
    assert_eq!((notes.default, notes.extensions), (Some("\"a\""), &[("x-order", "1")][..]));
    assert!(matches!(properties[4].schema.kind, Kind::Any));
}

#[test]
fn a_generic_type_stands_where_it_is_used_and_not_in_itself() {
    assert!(Tree::<Order>::DEFINITION.is_none());
    let [value, children, parent] = properties(Tree::<Order>::SCHEMA) else {
        panic!("{:?}", Tree::<Order>::SCHEMA);
    };
    assert!(matches!(value.schema.kind, Kind::Reference("Order")));
    assert!(matches!(children.schema.kind, Kind::Any));
    assert!(children.required && !parent.required);
}

#[test]
fn rules_are_said_as_the_type_understands_them() {
    let Kind::AllOf([own, flattened]) = Order::DEFINITION.unwrap().schema.kind else {
        panic!("{:?}", Order::DEFINITION);
    };
    assert!(matches!(flattened.kind, Kind::Reference("Line")));
    let rules: Vec<_> = properties(own).iter().map(|it| (it.name, it.rules)).collect();
    let of = |name: &str| rules.iter().find(|(known, _)| *known == name).unwrap().1;
    assert_eq!((of("shortName").min_length, of("shortName").max_length), (Some(2), Some(4)));
    assert_eq!((of("count").minimum, of("count").maximum), (Some("1"), Some("10")));
    assert_eq!((of("share").minimum, of("share").maximum), (Some("-0.5"), Some("1")));
    assert_eq!((of("tags").min_items, of("tags").max_items, of("tags").unique_items), (Some(1), Some(2), true));
    assert_eq!(of("notes").max_properties, Some(1));
    assert_eq!((of("email").format, of("code").pattern), (Some("email"), Some("^[A-Z]+$")));
}

#[test]
fn variants_are_constants_or_one_of_several() {
    let Kind::OneOf([cash, card, voucher, both]) = Payment::DEFINITION.unwrap().schema.kind else {
        panic!("{:?}", Payment::DEFINITION);
    };
    assert!(matches!(cash.kind, Kind::Constants(["cash"])));
    assert!(matches!(properties(card)[0].schema.kind, Kind::Object { .. }));
    assert_eq!(properties(voucher)[0].schema.rules.max_length, Some(3));
    assert!(matches!(properties(both)[0].schema.kind, Kind::Tuple([_, _])));
}
