//! The order of rows: the handler's own, and what clients ask for.

use std::fmt;

use crate::filter::Names;
use crate::writer::Writer;

/// How many fields a client may sort by.
const MAX_FIELDS: usize = 8;

/// The direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SortDir {
    /// The least first.
    Asc,
    /// The greatest first.
    Desc,
}

impl SortDir {
    /// The other one.
    #[must_use]
    pub const fn reversed(self) -> Self {
        match self {
            Self::Asc => Self::Desc,
            Self::Desc => Self::Asc,
        }
    }
}

/// Where rows go that have null in the column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Nulls {
    /// Before all others.
    First,
    /// After all others.
    Last,
}

/// A column to sort by.
///
/// Null counts as greater than anything, in both databases: it is last in ascending order and first in descending order,
/// unless it is placed. A column that has no null says [`SortField::not_null`], and pages of it are found faster.
///
/// ```
/// use mik_sql::{Nulls, SortDir, SortField, sqlite};
///
/// let by = SortField::new("score", SortDir::Desc).nulls(Nulls::Last);
/// let query = sqlite("players").sorts(&[by, SortField::new("id", SortDir::Asc).not_null()]).build();
/// assert_eq!(query.sql, "SELECT * FROM `players` ORDER BY `score` DESC NULLS LAST, `id` ASC");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortField {
    pub(crate) field: String,
    pub(crate) dir: SortDir,
    /// None: there are no nulls.
    pub(crate) nulls: Option<Nulls>,
}

impl SortField {
    /// Sorts by a column.
    #[must_use]
    pub fn new(field: impl Into<String>, dir: SortDir) -> Self {
        let nulls = match dir {
            SortDir::Asc => Nulls::Last,
            SortDir::Desc => Nulls::First,
        };
        Self { field: field.into(), dir, nulls: Some(nulls) }
    }

    /// Puts rows that have null there first or last.
    #[must_use]
    pub const fn nulls(mut self, nulls: Nulls) -> Self {
        self.nulls = Some(nulls);
        self
    }

    /// Says that the column has no nulls.
    #[must_use]
    pub const fn not_null(mut self) -> Self {
        self.nulls = None;
        self
    }

    /// The column: what a row's position has a value of.
    pub fn column(&self) -> &str {
        &self.field
    }

    /// The same column from its other end.
    pub(crate) fn reversed(&self) -> Self {
        let nulls = self.nulls.map(|nulls| match nulls {
            Nulls::First => Nulls::Last,
            Nulls::Last => Nulls::First,
        });
        Self { field: self.field.clone(), dir: self.dir.reversed(), nulls }
    }

    /// Reads what a client wants to sort by, `name,-created_at`: `-` is for descending order. Only fields of the list are
    /// allowed, and each once; of an empty list none is.
    ///
    /// ```
    /// use mik_sql::{SortDir, SortField};
    ///
    /// let sorts = SortField::parse_sort_string("name,-created_at", &["name", "created_at"])?;
    /// assert_eq!(sorts, [SortField::new("name", SortDir::Asc), SortField::new("created_at", SortDir::Desc)]);
    ///
    /// let error = SortField::parse_sort_string("name,-password", &["name", "created_at"]).unwrap_err();
    /// assert_eq!(error.position, 6);
    /// assert_eq!(
    ///     error.to_string(),
    ///     "sort, character 7: `password` is no field to sort by; there are `name`, `created_at`"
    /// );
    /// # Ok::<(), mik_sql::SortError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Says where in the text something is that is not allowed.
    pub fn parse_sort_string(sort: &str, allowed: &[&str]) -> Result<Vec<Self>, SortError> {
        parse(sort, allowed, |index| allowed.get(index).copied().unwrap_or_default())
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.path(&self.field);
        writer.raw(match self.dir {
            SortDir::Asc => " ASC",
            SortDir::Desc => " DESC",
        });
        writer.raw(match self.nulls {
            None => "",
            Some(Nulls::First) => " NULLS FIRST",
            Some(Nulls::Last) => " NULLS LAST",
        });
    }

    pub(crate) fn write_column(&self, writer: &mut Writer, names: Names<'_>) {
        names.write(writer, &self.field);
    }
}

/// Reads a client's sort; `column` has the column for each allowed name.
pub(crate) fn parse<'a>(
    sort: &str,
    allowed: &[&str],
    column: impl Fn(usize) -> &'a str,
) -> Result<Vec<SortField>, SortError> {
    let mut sorts = Vec::new();
    let mut used = Vec::new();
    let mut start = 0;
    for part in sort.split(',') {
        let name = part.trim_ascii();
        let position = start + (part.len() - part.trim_ascii_start().len());
        start += part.len() + 1;
        let (name, position, dir) = match name.strip_prefix('-') {
            Some(name) => (name, position + 1, SortDir::Desc),
            None => (name, position, SortDir::Asc),
        };
        let error = |kind| Err(SortError { position, kind });
        if name.is_empty() {
            // Nothing at all is no wish. A comma too many is a slip, and so is a dash alone.
            if sort.trim_ascii().is_empty() {
                break;
            }
            return error(SortErrorKind::Empty);
        }
        let Some(index) = allowed.iter().position(|other| *other == name) else {
            let allowed = allowed.iter().map(|&name| name.to_owned()).collect();
            return error(SortErrorKind::UnknownField { field: crate::shorten(name), allowed });
        };
        if used.contains(&index) {
            return error(SortErrorKind::Twice { field: name.to_owned() });
        }
        if sorts.len() == MAX_FIELDS {
            return error(SortErrorKind::TooMany { limit: MAX_FIELDS });
        }
        used.push(index);
        sorts.push(SortField::new(column(index), dir));
    }
    Ok(sorts)
}

/// What is wrong with a client's sort, and where.
///
/// ```
/// use mik_sql::{SortErrorKind, SortField};
///
/// let error = SortField::parse_sort_string("name,-nmae", &["name", "age"]).unwrap_err();
/// assert_eq!(error.position, 6);
/// assert!(matches!(error.kind, SortErrorKind::UnknownField { .. }));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SortError {
    /// Where in the text, in bytes from its beginning.
    pub position: usize,
    /// What is wrong.
    pub kind: SortErrorKind,
}

/// What is wrong with a client's sort.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SortErrorKind {
    /// A field is missing.
    Empty,
    /// Not one of the allowed fields.
    UnknownField {
        /// The field.
        field: String,
        /// The allowed fields.
        allowed: Vec<String>,
    },
    /// A field that has been there before.
    Twice {
        /// The field.
        field: String,
    },
    /// Too many fields.
    TooMany {
        /// How many are allowed.
        limit: usize,
    },
}

impl fmt::Display for SortError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "sort, character {}: ", self.position + 1)?;
        match &self.kind {
            SortErrorKind::Empty => formatter.write_str("a field is missing here: write `name,-created_at`"),
            SortErrorKind::UnknownField { field, allowed } => {
                write!(formatter, "`{field}` is no field to sort by; ")?;
                crate::write_choices(formatter, allowed)
            }
            SortErrorKind::Twice { field } => write!(formatter, "`{field}` is there twice"),
            SortErrorKind::TooMany { limit } => write!(formatter, "no more than {limit} fields are sorted by"),
        }
    }
}

impl std::error::Error for SortError {}
