//! Comparisons, as each database writes them.

use crate::expression::Expr;
use crate::filter::Names;
use crate::pattern::{self, Place};
use crate::writer::Writer;
use crate::{Dialect, Operator, Value};

/// The right side of a comparison.
pub(crate) enum Operand<'a> {
    Value(&'a Value),
    Expr(&'a Expr, Names<'a>),
}

/// Whether a comparison is the same for all rows: with a list of no values.
pub(crate) fn constant(op: Operator, value: &Value) -> Option<bool> {
    match (op, value) {
        (Operator::In, Value::Array(values)) if values.is_empty() => Some(false),
        (Operator::NotIn, Value::Array(values)) if values.is_empty() => Some(true),
        _ => None,
    }
}

/// A comparison that cannot be true or false: a pattern that is no text, an interval without two ends.
const UNKNOWN: &str = "CAST(NULL AS boolean)";

pub(crate) fn compare(writer: &mut Writer, left: &dyn Fn(&mut Writer), op: Operator, right: Operand<'_>) {
    let value = match right {
        Operand::Value(value) => value,
        Operand::Expr(expression, names) => {
            left(writer);
            let Some(sign) = sign(op) else { return writer.raw(" = NULL") };
            writer.raw(sign);
            return expression.write(writer, names);
        }
    };
    match (op, value) {
        (Operator::Eq, Value::Null) | (Operator::IsNull, Value::Bool(true)) => {
            left(writer);
            writer.raw(" IS NULL");
        }
        (Operator::Ne, Value::Null) | (Operator::IsNull, Value::Bool(false)) => {
            left(writer);
            writer.raw(" IS NOT NULL");
        }
        (Operator::In, Value::Array(values)) => list(writer, left, values, true),
        (Operator::NotIn, Value::Array(values)) => list(writer, left, values, false),
        (Operator::In, value) => compare(writer, left, Operator::Eq, Operand::Value(value)),
        (Operator::NotIn, value) => compare(writer, left, Operator::Ne, Operand::Value(value)),
        (Operator::Between, Value::Array(ends)) if ends.len() == 2 => {
            left(writer);
            writer.raw(" BETWEEN ");
            for (index, end) in ends.iter().enumerate() {
                writer.raw(if index > 0 { " AND " } else { "" });
                writer.bind(end);
            }
        }
        (Operator::Like, Value::String(text)) => {
            let pattern = pattern::like(writer.dialect(), text);
            matches(writer, left, pattern);
        }
        (Operator::StartsWith, Value::String(text)) => {
            let pattern = pattern::literal(writer.dialect(), text, Place::Start);
            matches(writer, left, pattern);
        }
        (Operator::EndsWith, Value::String(text)) => {
            let pattern = pattern::literal(writer.dialect(), text, Place::End);
            matches(writer, left, pattern);
        }
        (Operator::Contains, Value::String(text)) => {
            let pattern = pattern::literal(writer.dialect(), text, Place::Anywhere);
            matches(writer, left, pattern);
        }
        (Operator::ILike, Value::String(text)) => {
            left(writer);
            writer.raw(match writer.dialect() {
                Dialect::Postgres => " ILIKE ",
                Dialect::Sqlite => " LIKE ",
            });
            writer.bind(&Value::String(pattern::ilike(text)));
            escape(writer);
        }
        (Operator::Regex, Value::String(_)) => {
            left(writer);
            writer.raw(match writer.dialect() {
                Dialect::Postgres => " ~ ",
                Dialect::Sqlite => " REGEXP ",
            });
            writer.bind(value);
        }
        (op, value) => match sign(op) {
            Some(sign) => {
                left(writer);
                writer.raw(sign);
                writer.bind(value);
            }
            None => writer.raw(UNKNOWN),
        },
    }
}

fn sign(op: Operator) -> Option<&'static str> {
    Some(match op {
        Operator::Eq => " = ",
        Operator::Ne => " <> ",
        Operator::Gt => " > ",
        Operator::Gte => " >= ",
        Operator::Lt => " < ",
        Operator::Lte => " <= ",
        _ => return None,
    })
}

fn matches(writer: &mut Writer, left: &dyn Fn(&mut Writer), pattern: String) {
    left(writer);
    let is_like = writer.dialect() == Dialect::Postgres;
    writer.raw(if is_like { " LIKE " } else { " GLOB " });
    writer.bind(&Value::String(pattern));
    if is_like {
        escape(writer);
    }
}

/// PostgreSQL has it so by default, SQLite has not.
fn escape(writer: &mut Writer) {
    writer.raw(r" ESCAPE '\'");
}

/// `IN`, or `NOT IN`. A null in the list means rows that have null there, as it does alone.
fn list(writer: &mut Writer, left: &dyn Fn(&mut Writer), values: &[Value], is_in: bool) {
    let (nulls, values): (Vec<Value>, Vec<Value>) = values.iter().cloned().partition(|value| *value == Value::Null);
    if nulls.is_empty() {
        return members(writer, left, &values, is_in);
    }
    if !values.is_empty() {
        writer.raw("(");
        members(writer, left, &values, is_in);
        writer.raw(if is_in { " OR " } else { " AND " });
    }
    left(writer);
    writer.raw(if is_in { " IS NULL" } else { " IS NOT NULL" });
    if !values.is_empty() {
        writer.raw(")");
    }
}

fn members(writer: &mut Writer, left: &dyn Fn(&mut Writer), values: &[Value], is_in: bool) {
    left(writer);
    // One array, and so one text for lists of any length, where the values have one type.
    let first = values.first().map(Value::kind);
    let is_array = writer.dialect() == Dialect::Postgres
        && values.iter().all(|value| Some(value.kind()) == first && !matches!(value, Value::Array(_)));
    writer.raw(match (is_array, is_in) {
        (true, true) => " = ANY(",
        (true, false) => " <> ALL(",
        (false, true) => " IN (",
        (false, false) => " NOT IN (",
    });
    if is_array {
        writer.bind_array(values);
    } else {
        writer.list(values, Writer::bind);
    }
    writer.raw(")");
}
