//! Page after page, by where the last one ended.

use crate::cursor::{self, Scope};
use crate::filter::Names;
use crate::writer::Writer;
use crate::{
    CursorError, CursorKey, Error, Filter, FilterExpr, Nulls, QueryBuilder, QueryResult, SortDir, SortField, Value,
};

/// Which page a client wants: the first, or the one after or before a position that it was given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PageRequest<'a> {
    /// The page after this position: a `next` of an earlier page.
    pub after: Option<&'a str>,
    /// The page before this position: a `previous` of an earlier page.
    pub before: Option<&'a str>,
    /// How many rows it has at most.
    pub limit: u32,
}

/// What a client says of the page that it wants, of a query or a body: `?after=…&limit=20`.
///
/// ```
/// use mik_sql::PageParams;
///
/// let params = PageParams { limit: Some(1000), ..PageParams::default() };
/// assert_eq!(params.request(20, 100).limit, 100);
/// assert_eq!(PageParams::default().request(20, 100).limit, 20);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct PageParams {
    /// The page after this position: a `next` of an earlier page.
    pub after: Option<String>,
    /// The page before this position: a `previous` of an earlier page.
    pub before: Option<String>,
    /// How many rows it shall have at most.
    pub limit: Option<u32>,
}

impl PageParams {
    /// The page, with so many rows where the client does not say, and never more than `most`. A limit of 0 stays one, and
    /// is an error of [`QueryBuilder::pages`].
    pub fn request(&self, default: u32, most: u32) -> PageRequest<'_> {
        PageRequest {
            after: self.after.as_deref(),
            before: self.before.as_deref(),
            limit: self.limit.unwrap_or(default).min(most),
        }
    }
}

/// One page of a list, and the way to the others.
///
/// The last column of the order has to tell any two rows apart, as an `id` does: of rows that are the same in all columns
/// of the order, those beyond the end of a page would be left out. What a client's `ORDER BY` lacks, the handler adds.
///
/// ```
/// use mik_sql::{CursorKey, PageRequest, SortDir, SortField, postgres};
///
/// let key = CursorKey::new("a secret of the environment")?;
/// let by = [SortField::new("created_at", SortDir::Desc), SortField::new("id", SortDir::Asc).not_null()];
/// let posts = postgres("posts").fields(&["id", "title", "created_at"]).sorts(&by);
///
/// let pages = posts.clone().pages(&key, PageRequest { limit: 2, ..PageRequest::default() })?;
/// assert!(pages.query().sql.ends_with("LIMIT 3"), "one more, to know whether there is a next page");
///
/// let rows = vec![(5, "c", Some("2025-03-01")), (3, "b", Some("2025-02-01")), (4, "a", None)];
/// let page = pages.page(rows, |(id, _, created_at)| vec![(*created_at).into(), (*id).into()])?;
/// assert_eq!(page.items.len(), 2);
/// assert_eq!(page.previous, None);
///
/// let pages = posts.pages(&key, PageRequest { after: page.next.as_deref(), limit: 2, ..PageRequest::default() })?;
/// assert!(pages.query().sql.contains(r#"WHERE ("created_at" < $1 OR ("created_at" = $2 AND "id" > $3::bigint))"#));
/// # Ok::<(), mik_sql::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "it does nothing until its `query` is run"]
pub struct Pages {
    query: QueryBuilder,
    key: CursorKey,
    scope: Scope,
    position: Option<(Vec<Value>, bool)>,
    limit: u32,
}

/// The rows of a page, and where those before and after it are. `None`: there are no more.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Page<T> {
    /// The rows, in their order.
    pub items: Vec<T>,
    /// The position to ask for more after.
    pub next: Option<String>,
    /// The position to ask for more before.
    pub previous: Option<String>,
}

impl Pages {
    pub(crate) fn new(query: QueryBuilder, key: &CursorKey, request: PageRequest<'_>) -> Result<Self, Error> {
        if query.sorts.is_empty() {
            return Err(Error::NoOrder);
        }
        if request.limit == 0 {
            return Err(Error::NoLimit);
        }
        let scope = Scope::new(&query.source(), &values(&query.client_filters));
        let position = match (request.after, request.before) {
            (Some(_), Some(_)) => return Err(Error::AfterAndBefore),
            (Some(after), None) => Some((after, false)),
            (None, Some(before)) => Some((before, true)),
            (None, None) => None,
        };
        let position = match position {
            Some((text, is_backward)) => {
                let values = cursor::decode(key, scope, text)?;
                check(&query.sorts, &values)?;
                Some((values, is_backward))
            }
            None => None,
        };
        Ok(Self { query, key: key.clone(), scope, position, limit: request.limit })
    }

    /// The statement. It asks for one row more than the page has: give [`Pages::page`] all rows that come.
    pub fn query(&self) -> QueryResult {
        let limit = self.limit.saturating_add(1);
        match &self.position {
            None => self.query.clone().build_page(None, &self.query.sorts, limit),
            Some((values, is_backward)) => {
                let sorts: Vec<SortField> = match is_backward {
                    false => self.query.sorts.clone(),
                    true => self.query.sorts.iter().map(SortField::reversed).collect(),
                };
                let keyset = |writer: &mut Writer, names: Names<'_>| beyond(writer, names, &sorts, values);
                self.query.clone().build_page(Some(&keyset), &sorts, limit)
            }
        }
    }

    /// The page, of the rows that the statement gave. `position` has a row's values of the columns that it is sorted by, in
    /// their order.
    ///
    /// # Errors
    ///
    /// A row's position cannot be written as a cursor.
    pub fn page<T>(&self, mut rows: Vec<T>, position: impl Fn(&T) -> Vec<Value>) -> Result<Page<T>, Error> {
        let is_more = rows.len() > self.limit as usize;
        rows.truncate(self.limit as usize);
        let is_backward = matches!(self.position, Some((_, true)));
        if is_backward {
            rows.reverse();
        }
        // Where the client came from there is something, and where it goes to if a row too many has come.
        let is_from_somewhere = self.position.is_some();
        let (is_before, is_after) = if is_backward { (is_more, true) } else { (is_from_somewhere, is_more) };
        let cursor = |row: Option<&T>, is_there: bool| {
            let Some(row) = row.filter(|_| is_there) else { return Ok(None) };
            let values = position(row);
            check(&self.query.sorts, &values)?;
            cursor::encode(&self.key, self.scope, &values).map(Some)
        };
        let previous = cursor(rows.first(), is_before)?;
        let next = cursor(rows.last(), is_after)?;
        Ok(Page { items: rows, next, previous })
    }
}

/// A value for each column, and null only where there may be.
fn check(sorts: &[SortField], values: &[Value]) -> Result<(), CursorError> {
    let is_null_in_place = sorts.iter().zip(values).all(|(sort, value)| sort.nulls.is_some() || *value != Value::Null);
    if sorts.len() == values.len() && is_null_in_place { Ok(()) } else { Err(CursorError::Unsortable) }
}

/// The values that conditions compare with.
fn values(filters: &[FilterExpr]) -> Vec<Value> {
    let mut found = Vec::new();
    for filter in filters {
        match filter {
            FilterExpr::Simple(Filter { value, .. }) => found.push(value.clone()),
            FilterExpr::And(inner) | FilterExpr::Or(inner) => found.extend(values(inner)),
            FilterExpr::Not(inner) => found.extend(values(std::slice::from_ref(inner))),
            // No client can ask for it.
            FilterExpr::Compare(_) => {}
        }
    }
    found
}

/// The condition that a row comes after a position: in the first column, or the same there and after it in the second, and
/// so on.
fn beyond(writer: &mut Writer, names: Names<'_>, sorts: &[SortField], values: &[Value]) {
    let (Some((sort, sorts)), Some((value, values))) = (sorts.split_first(), values.split_first()) else {
        return writer.raw("FALSE");
    };
    // Whole rows can be compared, with an index, where all columns go the same way and none has nulls.
    let is_plain = |other: &SortField| other.dir == sort.dir && other.nulls.is_none();
    if sort.nulls.is_none() && !sorts.is_empty() && sorts.iter().all(is_plain) {
        writer.raw("(");
        writer.list(std::iter::once(sort).chain(sorts), |writer, sort| sort.write_column(writer, names));
        writer.raw(if sort.dir == SortDir::Asc { ") > (" } else { ") < (" });
        writer.list(std::iter::once(value).chain(values), Writer::bind);
        return writer.raw(")");
    }
    after(writer, names, sort, value);
    if sorts.is_empty() {
        return;
    }
    writer.raw(" OR (");
    sort.write_column(writer, names);
    if *value == Value::Null {
        writer.raw(" IS NULL");
    } else {
        writer.raw(" = ");
        writer.bind(value);
    }
    writer.raw(" AND ");
    let needs_parentheses = sorts.len() > 1 || matches!(sorts, [sort] if sort.nulls == Some(Nulls::Last));
    writer.raw(if needs_parentheses { "(" } else { "" });
    beyond(writer, names, sorts, values);
    writer.raw(if needs_parentheses { "))" } else { ")" });
}

/// In one column.
fn after(writer: &mut Writer, names: Names<'_>, sort: &SortField, value: &Value) {
    if *value == Value::Null {
        if sort.nulls == Some(Nulls::First) {
            sort.write_column(writer, names);
            return writer.raw(" IS NOT NULL");
        }
        return writer.raw("FALSE");
    }
    sort.write_column(writer, names);
    writer.raw(if sort.dir == SortDir::Asc { " > " } else { " < " });
    writer.bind(value);
    if sort.nulls == Some(Nulls::Last) {
        writer.raw(" OR ");
        sort.write_column(writer, names);
        writer.raw(" IS NULL");
    }
}
