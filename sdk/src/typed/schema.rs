//! What is said of a type in an OpenAPI document: JSON Schema, as constants that cost a component nothing until the
//! document is made of them.

use std::marker::PhantomData;

use super::Type;

/// A schema: what a value is, what it has to keep to, and what is said about it.
#[derive(Clone, Copy, Debug)]
pub struct Schema {
    /// What it is.
    pub kind: Kind,
    /// What it has to keep to.
    pub rules: Rules,
    /// What is said about it.
    pub notes: Notes,
}

impl Schema {
    /// A schema without rules and notes.
    pub const fn new(kind: Kind) -> Self {
        Self { kind, rules: Rules::NONE, notes: Notes::NONE }
    }

    /// This schema with more rules and notes; where both say something, what is added holds.
    #[must_use]
    pub const fn with(&self, rules: Rules, notes: Notes) -> Self {
        Self { kind: self.kind, rules: self.rules.and(rules), notes: self.notes.and(notes) }
    }

    /// Whether it may be `null`: then `serde` lets it be left out.
    pub const fn is_nullable(&self) -> bool {
        matches!(self.kind, Kind::Nullable(_))
    }

    /// What it says where its properties are among those of another object. A map would speak of the others too.
    pub const fn flattened(&'static self) -> &'static Self {
        match self.kind {
            Kind::Map(_) | Kind::Nullable(_) => const { &Self::new(Kind::Any) },
            _ => self,
        }
    }

    /// `min` and `max` as rules of such a value, each as it is written and as a size: how many characters a text has, how
    /// many items a list or a map, and else how large a number is.
    pub const fn limits(&self, min: Option<(&'static str, usize)>, max: Option<(&'static str, usize)>) -> Rules {
        const fn text(limit: Option<(&'static str, usize)>) -> Option<&'static str> {
            match limit {
                Some((text, _)) => Some(text),
                None => None,
            }
        }
        const fn size(limit: Option<(&'static str, usize)>) -> Option<usize> {
            match limit {
                Some((_, size)) => Some(size),
                None => None,
            }
        }
        match self.kind {
            Kind::Nullable(schema) => schema.limits(min, max),
            Kind::String | Kind::Constants(_) => Rules { min_length: size(min), max_length: size(max), ..Rules::NONE },
            Kind::Array(_) | Kind::Tuple(_) => Rules { min_items: size(min), max_items: size(max), ..Rules::NONE },
            Kind::Map(_) => Rules { min_properties: size(min), max_properties: size(max), ..Rules::NONE },
            _ => Rules { minimum: text(min), maximum: text(max), ..Rules::NONE },
        }
    }
}

/// What a value is.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Anything.
    Any,
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean,
    /// A number without a fraction.
    Integer,
    /// A number.
    Number,
    /// Text.
    String,
    /// Text that is one of these.
    Constants(&'static [&'static str]),
    /// A list, all of whose items are alike.
    Array(&'static Schema),
    /// A list of exactly these.
    Tuple(&'static [&'static Schema]),
    /// An object with any keys, all of whose values are alike.
    Map(&'static Schema),
    /// An object with these properties.
    Object {
        /// The properties, in the order of the type.
        properties: &'static [Property],
        /// Whether others are allowed.
        additional: bool,
    },
    /// This, or `null`.
    Nullable(&'static Schema),
    /// Exactly one of these.
    OneOf(&'static [&'static Schema]),
    /// One of these, or more of them at once.
    AnyOf(&'static [&'static Schema]),
    /// All of these at once.
    AllOf(&'static [&'static Schema]),
    /// What the name stands for.
    Reference(&'static str),
}

/// A property of an object.
#[derive(Debug)]
pub struct Property {
    /// Its name in JSON.
    pub name: &'static str,
    /// What it is.
    pub schema: &'static Schema,
    /// Whether it may not be left out.
    pub required: bool,
    /// Rules of this property, besides those of its schema.
    pub rules: Rules,
    /// What is said about this property.
    pub notes: Notes,
}

/// What a value has to keep to. Numbers are kept as they are written in the source.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rules {
    /// The smallest number.
    pub minimum: Option<&'static str>,
    /// The largest number.
    pub maximum: Option<&'static str>,
    /// The shortest text, in characters.
    pub min_length: Option<usize>,
    /// The longest text, in characters.
    pub max_length: Option<usize>,
    /// The shortest list.
    pub min_items: Option<usize>,
    /// The longest list.
    pub max_items: Option<usize>,
    /// The fewest properties of an object.
    pub min_properties: Option<usize>,
    /// The most properties of an object.
    pub max_properties: Option<usize>,
    /// Whether no two items may be equal.
    pub unique_items: bool,
    /// What the text is: `email`, `uuid`, `date-time`.
    pub format: Option<&'static str>,
    /// A regular expression that fits somewhere in the text.
    pub pattern: Option<&'static str>,
}

impl Rules {
    /// No rules.
    pub const NONE: Self = Self {
        minimum: None,
        maximum: None,
        min_length: None,
        max_length: None,
        min_items: None,
        max_items: None,
        min_properties: None,
        max_properties: None,
        unique_items: false,
        format: None,
        pattern: None,
    };

    /// These rules with more of them; where both say something, what is added holds.
    #[must_use]
    pub const fn and(self, more: Self) -> Self {
        Self {
            minimum: either(more.minimum, self.minimum),
            maximum: either(more.maximum, self.maximum),
            min_length: either(more.min_length, self.min_length),
            max_length: either(more.max_length, self.max_length),
            min_items: either(more.min_items, self.min_items),
            max_items: either(more.max_items, self.max_items),
            min_properties: either(more.min_properties, self.min_properties),
            max_properties: either(more.max_properties, self.max_properties),
            unique_items: self.unique_items || more.unique_items,
            format: either(more.format, self.format),
            pattern: either(more.pattern, self.pattern),
        }
    }
}

/// `Option::or`, as a constant.
const fn either<T: Copy>(first: Option<T>, second: Option<T>) -> Option<T> {
    match first {
        Some(_) => first,
        None => second,
    }
}

/// What is said about a value.
#[derive(Clone, Copy, Debug, Default)]
pub struct Notes {
    /// What it means.
    pub description: Option<&'static str>,
    /// What stands for it where it is left out, as JSON.
    pub default: Option<&'static str>,
    /// Whether it should no longer be used.
    pub deprecated: bool,
    /// Members that begin with `x-`, their values as JSON.
    pub extensions: &'static [(&'static str, &'static str)],
}

impl Notes {
    /// Nothing.
    pub const NONE: Self = Self { description: None, default: None, deprecated: false, extensions: &[] };

    /// These notes with more of them; where both say something, what is added holds.
    #[must_use]
    pub const fn and(self, more: Self) -> Self {
        Self {
            description: either(more.description, self.description),
            default: either(more.default, self.default),
            deprecated: self.deprecated || more.deprecated,
            extensions: if more.extensions.is_empty() { self.extensions } else { more.extensions },
        }
    }
}

/// What a name stands for.
#[derive(Debug)]
pub struct Definition {
    /// The name.
    pub name: &'static str,
    /// What it stands for.
    pub schema: &'static Schema,
}

/// The definitions that can be reached from a type. The same one may be in it more than once.
#[derive(Debug)]
pub struct Tree {
    /// The type's own.
    pub own: Option<&'static Definition>,
    /// Those of its parts.
    pub children: &'static [&'static Tree],
}

/// No further.
#[derive(Debug)]
pub struct Here;

/// One step further than `N`. Constants cannot refer to each other in a circle as types do, so that how far is gone from
/// a type to its parts has an end.
#[derive(Debug)]
pub struct Further<N>(PhantomData<N>);

/// How deep named types may be nested in each other.
pub type Deepest = Further<Further<Further<Further<Further<Further<Further<Further<Here>>>>>>>>;

/// What is reached from a type in so many steps.
pub trait Reach<N> {
    /// The definitions.
    const TREE: &'static Tree;
}

impl<T: Type> Reach<Here> for T {
    const TREE: &'static Tree = &Tree { own: T::DEFINITION, children: &[] };
}

impl<T: Type, N> Reach<Further<N>> for T
where
    T::Parts: ReachAll<N>,
{
    const TREE: &'static Tree = &Tree { own: T::DEFINITION, children: &[<T::Parts as ReachAll<N>>::TREE] };
}

/// What is reached from all types of a list.
pub trait ReachAll<N> {
    /// The definitions.
    const TREE: &'static Tree;
}

impl<N> ReachAll<N> for () {
    const TREE: &'static Tree = &Tree { own: None, children: &[] };
}

impl<First: Reach<N>, Others: ReachAll<N>, N> ReachAll<N> for (First, Others) {
    const TREE: &'static Tree = &Tree { own: None, children: &[First::TREE, Others::TREE] };
}

macro_rules! parts {
    ($($depth:ty),* $(,)?) => {
        /// A list of types: `(A, (B, ()))`.
        pub trait Parts: $(ReachAll<$depth> +)* {}

        impl<T> Parts for T where T: $(ReachAll<$depth> +)* {}
    };
}

parts!(
    Here,
    Further<Here>,
    Further<Further<Here>>,
    Further<Further<Further<Here>>>,
    Further<Further<Further<Further<Here>>>>,
    Further<Further<Further<Further<Further<Here>>>>>,
    Further<Further<Further<Further<Further<Further<Here>>>>>>,
    Further<Further<Further<Further<Further<Further<Further<Here>>>>>>>,
    Deepest,
);
