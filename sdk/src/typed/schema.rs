//! What is said of a type in an OpenAPI document: JSON Schema, as constants that cost a component nothing until the
//! document is made of them.

use std::marker::PhantomData;

use super::Type;

/// A schema: what a value is, what it has to keep to, and what is said about it.
#[derive(Debug)]
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
}

/// What a value is.
#[derive(Debug)]
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
    /// One of these.
    OneOf(&'static [&'static Schema]),
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
        unique_items: false,
        format: None,
        pattern: None,
    };
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
