//! Reading rows.

use crate::filter::{Names, write_all};
use crate::writer::Writer;
use crate::{
    Aggregate, Allow, CursorKey, Dialect, Error, Expr, FilterExpr, Join, Operator, PageRequest, Pages, QueryResult,
    SortDir, SortField, Table, Value, Wish, simple,
};

/// Reads from a table of a PostgreSQL database.
///
/// ```
/// use mik_sql::{Operator, SortDir, postgres};
///
/// let query = postgres("users")
///     .fields(&["id", "name"])
///     .filter("active", Operator::Eq, true)
///     .sort("name", SortDir::Asc)
///     .limit(10)
///     .build();
/// assert_eq!(
///     query.sql,
///     r#"SELECT "id", "name" FROM "users" WHERE "active" = $1::boolean ORDER BY "name" ASC NULLS LAST LIMIT 10"#
/// );
/// ```
pub fn postgres(table: impl Into<Table>) -> QueryBuilder {
    QueryBuilder::new(Dialect::Postgres, table)
}

/// Reads from a table of an SQLite database.
///
/// ```
/// use mik_sql::{Operator, sqlite};
///
/// let query = sqlite("users").fields(&["id"]).filter("id", Operator::In, [1, 2]).build();
/// assert_eq!(query.sql, "SELECT `id` FROM `users` WHERE `id` IN (?1, ?2)");
/// ```
pub fn sqlite(table: impl Into<Table>) -> QueryBuilder {
    QueryBuilder::new(Dialect::Sqlite, table)
}

/// Writes the condition that a row lies beyond a position.
pub(crate) type Keyset<'a> = &'a dyn Fn(&mut Writer, Names<'_>);

/// A `SELECT`. See [`postgres`] and [`sqlite`].
///
/// ```
/// use mik_sql::{Aggregate, Join, Operator, SortDir, SortField, col, simple, sqlite};
///
/// let by_author = sqlite("posts")
///     .fields(&["author_id"])
///     .expr("size", col("title").length() + col("body").length())
///     .count()
///     .sum("likes")
///     .avg("likes")
///     .min("created_at")
///     .max("created_at")
///     .aggregate(Aggregate::count_distinct("topic").as_alias("topics"))
///     .join("users", col("users.id").eq(col("posts.author_id")))
///     .left_join("topics", col("topics.id").eq(col("posts.topic")))
///     .join_as(Join::Left, "teams", col("teams.id").eq(col("users.team")))
///     .filter_expr(col("posts.likes").gt(col("users.likes")))
///     .group_by(&["author_id"])
///     .having(simple("count", Operator::Gt, 1))
///     .sorts(&[SortField::new("author_id", SortDir::Asc)])
///     .limit(10)
///     .offset(20);
/// assert!(by_author.build().sql.ends_with("ORDER BY `author_id` ASC NULLS LAST LIMIT 10 OFFSET 20"));
/// assert_eq!(by_author.clone().limit_offset(10, 20), by_author);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use = "it does nothing until `.build()`"]
pub struct QueryBuilder {
    dialect: Dialect,
    table: Table,
    is_distinct: bool,
    columns: Vec<(Expr, Option<String>)>,
    joins: Vec<(Join, Table, FilterExpr)>,
    filters: Vec<FilterExpr>,
    /// What clients have asked for: kept apart, because a cursor is good for the same wishes only.
    pub(crate) client_filters: Vec<FilterExpr>,
    group_by: Vec<String>,
    having: Vec<FilterExpr>,
    pub(crate) sorts: Vec<SortField>,
    limit: Option<u32>,
    offset: Option<u64>,
}

impl QueryBuilder {
    /// Reads from a table.
    pub fn new(dialect: Dialect, table: impl Into<Table>) -> Self {
        Self {
            dialect,
            table: table.into(),
            is_distinct: false,
            columns: Vec::new(),
            joins: Vec::new(),
            filters: Vec::new(),
            client_filters: Vec::new(),
            group_by: Vec::new(),
            having: Vec::new(),
            sorts: Vec::new(),
            limit: None,
            offset: None,
        }
    }

    /// Selects columns. Without any, all are.
    pub fn fields(mut self, fields: &[&str]) -> Self {
        self.columns.extend(fields.iter().map(|&field| (crate::col(field), None)));
        self
    }

    /// Selects an expression, by a name.
    pub fn expr(mut self, alias: impl Into<String>, expression: impl Into<Expr>) -> Self {
        self.columns.push((expression.into(), Some(alias.into())));
        self
    }

    /// Selects a function over all rows of a group.
    pub fn aggregate(self, aggregate: Aggregate) -> Self {
        self.expr(aggregate.name(), aggregate)
    }

    /// Counts the rows.
    pub fn count(self) -> Self {
        self.aggregate(Aggregate::count())
    }

    /// The sum of a column.
    pub fn sum(self, field: impl Into<String>) -> Self {
        self.aggregate(Aggregate::sum(field))
    }

    /// The mean of a column.
    pub fn avg(self, field: impl Into<String>) -> Self {
        self.aggregate(Aggregate::avg(field))
    }

    /// The least in a column.
    pub fn min(self, field: impl Into<String>) -> Self {
        self.aggregate(Aggregate::min(field))
    }

    /// The greatest in a column.
    pub fn max(self, field: impl Into<String>) -> Self {
        self.aggregate(Aggregate::max(field))
    }

    /// Leaves out rows that are the same as another.
    pub fn distinct(mut self) -> Self {
        self.is_distinct = true;
        self
    }

    /// Joins a table, where the condition holds. See [`Table`] for an example.
    pub fn join(self, table: impl Into<Table>, on: impl Into<FilterExpr>) -> Self {
        self.join_as(Join::Inner, table, on)
    }

    /// Joins a table, and keeps rows that have no partner there.
    pub fn left_join(self, table: impl Into<Table>, on: impl Into<FilterExpr>) -> Self {
        self.join_as(Join::Left, table, on)
    }

    /// Joins a table.
    pub fn join_as(mut self, join: Join, table: impl Into<Table>, on: impl Into<FilterExpr>) -> Self {
        self.joins.push((join, table.into(), on.into()));
        self
    }

    /// Selects the rows whose column compares so. Several filters are joined by `AND`.
    pub fn filter(self, field: impl Into<String>, op: Operator, value: impl Into<Value>) -> Self {
        self.filter_expr(simple(field, op, value))
    }

    /// Selects the rows for which the condition holds. Several filters are joined by `AND`.
    pub fn filter_expr(mut self, filter: impl Into<FilterExpr>) -> Self {
        self.filters.push(filter.into());
        self
    }

    /// Selects, of the rows that the handler's own filters select, those that a client asks for.
    ///
    /// ```
    /// use mik_sql::{Allow, Field, Operator, parse_filter, postgres};
    ///
    /// let allow = Allow::new().field(Field::text("name")).field(Field::int("age"));
    /// let wish = parse_filter(r#"{"$or": [{"age": {"$gte": 18}}, {"name": {"$startsWith": "A"}}]}"#)?;
    /// let query = postgres("users").filter("active", Operator::Eq, true).merge(&allow, &wish)?.build();
    /// assert_eq!(
    ///     query.sql,
    ///     r#"SELECT * FROM "users" WHERE "active" = $1::boolean AND ("age" >= $2::bigint OR "name" LIKE $3 ESCAPE '\')"#
    /// );
    ///
    /// let wish = parse_filter(r#"{"$or": [{"salary": {"$gte": 100000}}]}"#)?;
    /// let error = postgres("users").merge(&allow, &wish).unwrap_err();
    /// assert_eq!(error.to_string(), "filter, /$or/0/salary: `salary` is no field to filter by; there are `name`, `age`");
    /// # Ok::<(), mik_sql::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Says where in the client's filter something is that the list does not allow.
    pub fn merge(mut self, allow: &Allow, wish: impl Wish) -> Result<Self, Error> {
        self.client_filters.push(wish.check(allow)?);
        Ok(self)
    }

    /// A row for each group of rows that are the same in these columns.
    pub fn group_by(mut self, fields: &[&str]) -> Self {
        self.group_by.extend(fields.iter().map(|&field| field.to_owned()));
        self
    }

    /// Selects the groups for which the condition holds. The names of aggregates may be used.
    pub fn having(mut self, filter: impl Into<FilterExpr>) -> Self {
        self.having.push(filter.into());
        self
    }

    /// Sorts by a column, after those that it is sorted by already.
    pub fn sort(self, field: impl Into<String>, dir: SortDir) -> Self {
        let field = SortField::new(field, dir);
        self.sorts(&[field])
    }

    /// Sorts by columns, after those that it is sorted by already.
    pub fn sorts(mut self, sorts: &[SortField]) -> Self {
        self.sorts.extend_from_slice(sorts);
        self
    }

    /// At most so many rows.
    pub const fn limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Leaves out so many rows at the beginning. The database reads them all the same: see [`QueryBuilder::pages`].
    pub const fn offset(mut self, offset: u64) -> Self {
        self.offset = Some(offset);
        self
    }

    /// At most so many rows, after leaving out some.
    pub const fn limit_offset(self, limit: u32, offset: u32) -> Self {
        self.limit(limit).offset(offset as u64)
    }

    /// The rows of a page; the first is page 1.
    ///
    /// ```
    /// assert!(mik_sql::sqlite("users").page(3, 25).build().sql.ends_with("LIMIT 25 OFFSET 50"));
    /// ```
    pub const fn page(self, page: u32, limit: u32) -> Self {
        self.limit(limit).offset(page.saturating_sub(1) as u64 * limit as u64)
    }

    /// Reads page after page by where the last one ended, however long the table is. See [`Pages`].
    ///
    /// ```
    /// use mik_sql::{CursorKey, PageRequest, SortDir, sqlite};
    ///
    /// let key = CursorKey::new("a secret of the environment")?;
    /// let pages = sqlite("posts").sort("id", SortDir::Asc).pages(&key, PageRequest { limit: 10, ..PageRequest::default() })?;
    /// assert!(pages.query().sql.ends_with("LIMIT 11"));
    /// # Ok::<(), mik_sql::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The request's cursor is not one of this query's; the rows have no order; the limit is 0.
    pub fn pages(self, key: &CursorKey, request: PageRequest<'_>) -> Result<Pages, Error> {
        Pages::new(self, key, request)
    }

    /// The statement.
    pub fn build(&self) -> QueryResult {
        self.build_after(None)
    }

    /// The statement for one page: rows of a keyset, perhaps from the end.
    pub(crate) fn build_page(mut self, keyset: Option<Keyset<'_>>, sorts: &[SortField], limit: u32) -> QueryResult {
        self.sorts = sorts.to_vec();
        self.limit = Some(limit);
        self.offset = None;
        self.build_after(keyset)
    }

    fn build_after(&self, keyset: Option<Keyset<'_>>) -> QueryResult {
        let mut writer = Writer::new(self.dialect);
        writer.raw(if self.is_distinct { "SELECT DISTINCT " } else { "SELECT " });
        if self.columns.is_empty() {
            writer.raw("*");
        }
        writer.list(&self.columns, |writer, (expression, alias)| {
            expression.write(writer, Names::NONE);
            if let Some(alias) = alias {
                writer.raw(" AS ");
                writer.name(alias);
            }
        });
        self.write_source(&mut writer, keyset);
        self.write_order(&mut writer);
        self.write_limit(&mut writer);
        writer.finish()
    }

    /// What the rows are taken from, and their order: what a cursor is good for.
    pub(crate) fn source(&self) -> String {
        let mut writer = Writer::new(self.dialect);
        self.write_source(&mut writer, None);
        self.write_order(&mut writer);
        writer.finish().sql
    }

    /// From `FROM` to `HAVING`.
    fn write_source(&self, writer: &mut Writer, keyset: Option<Keyset<'_>>) {
        writer.raw(" FROM ");
        self.table.write(writer);
        for (join, table, on) in &self.joins {
            writer.raw(match join {
                Join::Inner => " INNER JOIN ",
                Join::Left => " LEFT JOIN ",
                Join::Right => " RIGHT JOIN ",
                Join::Full => " FULL JOIN ",
            });
            table.write(writer);
            writer.raw(" ON ");
            on.write(writer, Names::NONE);
        }
        // A position among groups can be told only where there are groups.
        let is_grouped = !self.group_by.is_empty() || self.columns.iter().any(|(column, _)| column.is_aggregate());
        let names = Names(&self.columns);
        let (in_where, in_having) = if is_grouped { (None, keyset) } else { (keyset, None) };
        let filters: Vec<&FilterExpr> = self.filters.iter().chain(&self.client_filters).collect();
        write_conditions(writer, " WHERE ", &filters, Names::NONE, in_where, names);
        if !self.group_by.is_empty() {
            writer.raw(" GROUP BY ");
            writer.list(&self.group_by, |writer, field| writer.path(field));
        }
        write_conditions(writer, " HAVING ", &self.having.iter().collect::<Vec<_>>(), names, in_having, names);
    }

    fn write_order(&self, writer: &mut Writer) {
        if !self.sorts.is_empty() {
            writer.raw(" ORDER BY ");
            writer.list(&self.sorts, |writer, sort| sort.write(writer));
        }
    }

    fn write_limit(&self, writer: &mut Writer) {
        match (self.limit, self.dialect) {
            (Some(limit), _) => {
                writer.raw(" LIMIT ");
                writer.number(limit.into());
            }
            // SQLite has no offset without a limit.
            (None, Dialect::Sqlite) if self.offset.is_some() => writer.raw(" LIMIT -1"),
            (None, _) => {}
        }
        if let Some(offset) = self.offset {
            writer.raw(" OFFSET ");
            writer.number(offset);
        }
    }
}

fn write_conditions(
    writer: &mut Writer,
    keyword: &str,
    filters: &[&FilterExpr],
    names: Names<'_>,
    keyset: Option<Keyset<'_>>,
    keyset_names: Names<'_>,
) {
    if filters.is_empty() && keyset.is_none() {
        return;
    }
    writer.raw(keyword);
    match (filters, keyset) {
        // Alone, a list needs no parentheses.
        ([FilterExpr::Or(_) | FilterExpr::And(_)], Some(_)) => {
            writer.raw("(");
            write_all(writer, filters, " AND ", names);
            writer.raw(")");
        }
        _ => write_all(writer, filters, " AND ", names),
    }
    if let Some(keyset) = keyset {
        writer.raw(if filters.is_empty() { "(" } else { " AND (" });
        keyset(writer, keyset_names);
        writer.raw(")");
    }
}
