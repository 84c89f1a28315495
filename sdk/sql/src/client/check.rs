//! From a client's JSON to a condition, as far as it is allowed.

use super::{Allow, Field, FilterError, FilterErrorKind, Type};
use crate::json::Json;
use crate::{Filter, FilterExpr, Operator, Timestamp, Value};

/// How many bytes a pattern may have: SQLite refuses some of 50000, and escapes make one longer.
const MAX_PATTERN: usize = 4096;

/// Walks a filter, and knows where it is.
pub(super) struct Checker<'a> {
    allow: &'a Allow,
    pointer: String,
    conditions: usize,
}

pub(super) type Checked<T> = Result<T, FilterError>;

impl<'a> Checker<'a> {
    pub(super) fn new(allow: &'a Allow) -> Self {
        Self { allow, pointer: String::new(), conditions: 0 }
    }

    fn wrong<T>(&self, kind: FilterErrorKind) -> Checked<T> {
        Err(self.error(kind))
    }

    // Out of line, as what follows below: there are many places where something can be wrong.
    #[cold]
    #[inline(never)]
    fn error(&self, kind: FilterErrorKind) -> FilterError {
        FilterError::at(self.pointer.clone(), kind)
    }

    fn mismatch<T>(&self, expected: &'static str, found: &Json) -> Checked<T> {
        Err(self.mismatched(expected, found))
    }

    #[cold]
    #[inline(never)]
    fn mismatched(&self, expected: &'static str, found: &Json) -> FilterError {
        self.error(FilterErrorKind::Mismatch { expected, found: found.kind() })
    }

    #[cold]
    #[inline(never)]
    fn not_allowed(&self, field: &Field, operator: Operator) -> FilterError {
        let allowed = field.operators.iter().copied().filter(|operator| self.is_allowed(field, *operator)).collect();
        self.error(FilterErrorKind::OperatorNotAllowed { operator, allowed })
    }

    #[cold]
    #[inline(never)]
    fn unknown_field(&self, name: &str) -> FilterError {
        let allowed = self.allow.fields.iter().map(|field| field.name.clone()).collect();
        self.error(FilterErrorKind::UnknownField { field: crate::shorten(name), allowed })
    }

    fn is_allowed(&self, field: &Field, operator: Operator) -> bool {
        operator != Operator::Regex && field.operators.contains(&operator) && !self.allow.denied.contains(&operator)
    }

    /// Goes down to a member or item, and up again unless something is wrong there.
    pub(super) fn below<T>(&mut self, name: &str, check: impl FnOnce(&mut Self) -> Checked<T>) -> Checked<T> {
        let length = self.enter(name);
        let checked = check(self)?;
        self.pointer.truncate(length);
        Ok(checked)
    }

    #[inline(never)]
    fn enter(&mut self, name: &str) -> usize {
        let length = self.pointer.len();
        self.pointer.push('/');
        for character in name.chars() {
            match character {
                '~' => self.pointer.push_str("~0"),
                '/' => self.pointer.push_str("~1"),
                character => self.pointer.push(character),
            }
        }
        length
    }

    /// The members of an object that has some, each once.
    fn members<'j>(&mut self, expected: &'static str, json: &'j Json) -> Checked<&'j [(String, Json)]> {
        let Json::Object(members) = json else { return self.mismatch(expected, json) };
        for (index, (name, _)) in members.iter().enumerate() {
            if members.iter().take(index).any(|(other, _)| other == name) {
                return self.below(&crate::shorten(name), |checker| checker.wrong(FilterErrorKind::Twice));
            }
            // Before all are compared with all.
            if index > self.allow.max_conditions {
                return self.wrong(FilterErrorKind::TooMany { limit: self.allow.max_conditions });
            }
        }
        if members.is_empty() { self.wrong(FilterErrorKind::Empty) } else { Ok(members) }
    }

    /// `{"field": …, "$or": …}`: all of these.
    pub(super) fn object(&mut self, json: &Json, depth: usize) -> Checked<FilterExpr> {
        let mut all = Vec::new();
        for (name, value) in self.members("an object", json)? {
            all.push(self.below(&crate::shorten(name), |checker| match name.as_str() {
                "$and" => Ok(FilterExpr::And(checker.objects(value, depth)?)),
                "$or" => Ok(FilterExpr::Or(checker.objects(value, depth)?)),
                "$not" => {
                    let depth = checker.deeper(depth)?;
                    // mik-sql 0.1 has it in a list.
                    let inner = match value {
                        Json::List(items) if items.len() == 1 => {
                            items.iter().map(|item| checker.below("0", |checker| checker.object(item, depth))).next()
                        }
                        value => Some(checker.object(value, depth)),
                    };
                    inner.unwrap_or_else(|| checker.wrong(FilterErrorKind::Empty)).map(crate::not)
                }
                name if name.starts_with('$') => {
                    checker.wrong(FilterErrorKind::UnknownOperator { operator: crate::shorten(name) })
                }
                name => checker.field(name, value, depth),
            })?);
        }
        Ok(single(all))
    }

    fn deeper(&self, depth: usize) -> Checked<usize> {
        match depth.checked_sub(1) {
            Some(depth) => Ok(depth),
            None => self.wrong(FilterErrorKind::TooDeep { limit: self.allow.max_depth }),
        }
    }

    fn objects(&mut self, json: &Json, depth: usize) -> Checked<Vec<FilterExpr>> {
        let depth = self.deeper(depth)?;
        let Json::List(items) = json else { return self.mismatch("a list of objects", json) };
        if items.is_empty() {
            return self.wrong(FilterErrorKind::Empty);
        }
        let mut filters = Vec::new();
        for (index, item) in items.iter().enumerate() {
            filters.push(self.below(&index.to_string(), |checker| checker.object(item, depth))?);
        }
        Ok(filters)
    }

    fn field(&mut self, name: &str, json: &Json, depth: usize) -> Checked<FilterExpr> {
        let allow = self.allow;
        let Some(field) = allow.fields.iter().find(|field| field.name == name) else {
            return Err(self.unknown_field(name));
        };
        match json {
            Json::Object(_) => self.operators(field, json, depth),
            json => self.condition(field, Operator::Eq, json),
        }
    }

    /// `{"$gte": 18, "$lt": 65}`: all of these.
    fn operators(&mut self, field: &Field, json: &Json, depth: usize) -> Checked<FilterExpr> {
        let mut all = Vec::new();
        for (name, value) in self.members("an object of operators", json)? {
            all.push(self.below(&crate::shorten(name), |checker| {
                if name == "$not" {
                    let depth = checker.deeper(depth)?;
                    return checker.operators(field, value, depth).map(crate::not);
                }
                match Operator::named(name) {
                    Some(operator) => checker.condition(field, operator, value),
                    None => checker.wrong(FilterErrorKind::UnknownOperator { operator: crate::shorten(name) }),
                }
            })?);
        }
        Ok(single(all))
    }

    fn condition(&mut self, field: &Field, operator: Operator, json: &Json) -> Checked<FilterExpr> {
        self.conditions += 1;
        if self.conditions > self.allow.max_conditions {
            return self.wrong(FilterErrorKind::TooMany { limit: self.allow.max_conditions });
        }
        if !self.is_allowed(field, operator) {
            return Err(self.not_allowed(field, operator));
        }
        let value = match operator {
            Operator::IsNull => match json {
                Json::Bool(value) => Value::Bool(*value),
                json => return self.mismatch("true or false", json),
            },
            // Whoever may ask whether it is null may say so briefly.
            Operator::Eq | Operator::Ne if *json == Json::Null && self.is_allowed(field, Operator::IsNull) => {
                Value::Null
            }
            Operator::In | Operator::NotIn => Value::Array(self.values(field, json)?),
            Operator::Between => {
                let ends = self.values(field, json)?;
                if ends.len() != 2 {
                    return self.mismatch("a list of two values", json);
                }
                Value::Array(ends)
            }
            Operator::Contains | Operator::StartsWith | Operator::EndsWith | Operator::Like | Operator::ILike => {
                match self.value(Type::Text, json)? {
                    Value::String(text) if text.len() > MAX_PATTERN => {
                        return self.wrong(FilterErrorKind::TooLong { limit: MAX_PATTERN });
                    }
                    text => text,
                }
            }
            _ => self.value(field.kind, json)?,
        };
        Ok(FilterExpr::Simple(Filter { field: field.column.clone(), op: operator, value }))
    }

    fn values(&mut self, field: &Field, json: &Json) -> Checked<Vec<Value>> {
        let Json::List(items) = json else { return self.mismatch("a list", json) };
        if items.len() > self.allow.max_list {
            return self.wrong(FilterErrorKind::TooMany { limit: self.allow.max_list });
        }
        let mut values = Vec::new();
        for (index, item) in items.iter().enumerate() {
            values.push(self.below(&index.to_string(), |checker| checker.value(field.kind, item))?);
        }
        Ok(values)
    }

    fn value(&self, kind: Type, json: &Json) -> Checked<Value> {
        match (kind, json) {
            (Type::Bool | Type::Any, Json::Bool(value)) => Ok(Value::Bool(*value)),
            (Type::Int, Json::Number(number)) => self.integer(number),
            (Type::Float, Json::Number(number)) => self.float(number),
            #[cfg(feature = "serde")]
            (Type::Float | Type::Any, Json::Float(number)) => Ok(Value::Float(*number)),
            #[cfg(feature = "serde")]
            (Type::Int, Json::Float(number)) => match number.abs() >= 9_007_199_254_740_992.0 {
                // Beyond what floats count one by one, where a reader puts integers that are too large for it.
                true => self.wrong(FilterErrorKind::OutOfRange),
                false => self.wrong(FRACTION),
            },
            (Type::Any, Json::Number(number)) if is_integer(number) => self.integer(number),
            (Type::Any, Json::Number(number)) => self.float(number),
            (Type::Text | Type::Any, Json::Text(text)) if text.contains('\0') => self.wrong(FilterErrorKind::Nul),
            (Type::Text | Type::Any, Json::Text(text)) => Ok(Value::String(text.clone())),
            (Type::Uuid, Json::Text(text)) => match uuid::Uuid::try_parse(text) {
                Ok(uuid) => Ok(Value::Uuid(uuid)),
                Err(_) => self.mismatch("a UUID", json),
            },
            (Type::Timestamp, Json::Text(text)) => match text.parse::<Timestamp>() {
                Ok(moment) => Ok(Value::Timestamp(moment)),
                Err(_) => self.mismatch(Type::Timestamp.expected(), json),
            },
            (kind, json) => self.mismatch(kind.expected(), json),
        }
    }

    fn integer(&self, number: &str) -> Checked<Value> {
        match number.parse() {
            Ok(integer) => Ok(Value::Int(integer)),
            Err(_) if is_integer(number) => self.wrong(FilterErrorKind::OutOfRange),
            Err(_) => self.wrong(FRACTION),
        }
    }

    fn float(&self, number: &str) -> Checked<Value> {
        match number.parse::<f64>() {
            Ok(float) if float.is_finite() => Ok(Value::Float(float)),
            _ => self.wrong(FilterErrorKind::OutOfRange),
        }
    }
}

const FRACTION: FilterErrorKind =
    FilterErrorKind::Mismatch { expected: "an integer", found: "a number with a fraction or an exponent" };

fn is_integer(number: &str) -> bool {
    !number.contains(['.', 'e', 'E'])
}

/// One condition alone, or all of several.
fn single(mut filters: Vec<FilterExpr>) -> FilterExpr {
    match filters.len() {
        1 => filters.remove(0),
        _ => FilterExpr::And(filters),
    }
}

impl Checker<'_> {
    /// A filter that code has put together from what a client said.
    pub(super) fn filter(&mut self, filter: &Filter) -> Checked<FilterExpr> {
        let allow = self.allow;
        let Some(field) = allow.fields.iter().find(|field| field.name == filter.field) else {
            return Err(self.unknown_field(&filter.field));
        };
        if !self.is_allowed(field, filter.op) {
            return Err(self.not_allowed(field, filter.op));
        }
        if let Value::Array(values) = &filter.value
            && values.len() > self.allow.max_list
        {
            return self.wrong(FilterErrorKind::TooMany { limit: self.allow.max_list });
        }
        Ok(FilterExpr::Simple(Filter { field: field.column.clone(), ..filter.clone() }))
    }
}
