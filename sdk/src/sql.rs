//! What `mik-sql` reads and says, as the rest of the SDK knows it: types that extractors take, errors that are answers.

use std::error::Error as StdError;

use mik_sql::{ClientFilter, CursorError, Error, FilterError, FilterErrorKind, Page, PageParams, SortError};
use serde::Serialize;

use crate::typed::schema::{Definition, Kind, Notes, Property, Rules, Schema};
use crate::typed::{Checker, Type};
use crate::{Problem, log};

const TEXT: Schema = Schema::new(Kind::String);

const fn property(name: &'static str, schema: &'static Schema, required: bool, description: &'static str) -> Property {
    let notes = Notes { description: Some(description), ..Notes::NONE };
    Property { name, schema, required, rules: Rules::NONE, notes }
}

/// In a body an object, in a query its text.
impl Type for ClientFilter {
    const SCHEMA: &'static Schema = &Schema {
        notes: Notes {
            description: Some("A filter as JSON: `{\"age\": {\"$gte\": 18}}`, an object or its text"),
            ..Notes::NONE
        },
        ..Schema::new(Kind::OneOf(&[&Schema::new(Kind::Map(&Schema::new(Kind::Any))), &TEXT]))
    };
    type Parts = ();
}

impl Type for PageParams {
    const SCHEMA: &'static Schema = &Schema::new(Kind::Object {
        properties: &[
            property("after", &TEXT, false, "The page after this position: a `next` of an earlier page"),
            property("before", &TEXT, false, "The page before this position: a `previous` of an earlier page"),
            Property {
                rules: Rules { minimum: Some("1"), maximum: Some("4294967295"), ..Rules::NONE },
                ..property("limit", &Schema::new(Kind::Integer), false, "How many there shall be at most")
            },
        ],
        additional: true,
    });
    type Parts = ();

    fn check(&self, checker: &mut Checker<'_>) {
        if self.limit == Some(0) {
            checker.at("limit").violation("is less than 1");
        }
        if self.after.is_some() && self.before.is_some() {
            checker.violation("a page is after a position or before one, not both");
        }
    }
}

impl<T: Type> Type for Page<T> {
    const SCHEMA: &'static Schema = &Schema::new(Kind::Object {
        properties: &[
            property("items", &Schema::new(Kind::Array(T::SCHEMA)), true, "What is on this page, in its order"),
            property("next", &Schema::new(Kind::Nullable(&TEXT)), true, "The position to ask for more after"),
            property("previous", &Schema::new(Kind::Nullable(&TEXT)), true, "The position to ask for more before"),
        ],
        additional: false,
    });
    const DEFINITION: Option<&'static Definition> = T::DEFINITION;
    type Parts = T::Parts;

    fn check(&self, checker: &mut Checker<'_>) {
        self.items.check(&mut checker.at("items"));
    }
}

/// The answer to an error of `mik-sql`, where it is one: 400 for what cannot be read, 422 for a filter that asks for what is
/// not allowed, with its place; for a mistake of the handler a bare 500, and a line in the log.
pub(crate) fn problem(error: &(dyn StdError + 'static)) -> Option<Problem> {
    if let Some(error) = error.downcast_ref::<Error>() {
        return Some(match error {
            Error::Filter(error) => of_filter(error),
            error if error.is_clients_fault() => Problem::bad_request(error.to_string()),
            error => {
                log::error!("{error}");
                Problem::new(http::StatusCode::INTERNAL_SERVER_ERROR)
            }
        });
    }
    if let Some(error) = error.downcast_ref::<FilterError>() {
        return Some(of_filter(error));
    }
    let by = |error: Error| problem(&error);
    match (error.downcast_ref::<CursorError>(), error.downcast_ref::<SortError>()) {
        (Some(error), _) => by(Error::Cursor(*error)),
        (_, Some(error)) => by(Error::Sort(error.clone())),
        _ => None,
    }
}

fn of_filter(error: &FilterError) -> Problem {
    #[derive(Serialize)]
    struct Violation<'e> {
        pointer: &'e str,
        detail: String,
    }

    let detail = error.to_string();
    match error.kind {
        FilterErrorKind::Syntax { line, column, .. } => {
            Problem::bad_request(detail).with("line", line).with("column", column)
        }
        FilterErrorKind::TooLong { .. } if error.pointer.is_empty() => Problem::bad_request(detail),
        _ => {
            let violation = Violation { pointer: &error.pointer, detail: error.kind.to_string() };
            Problem::unprocessable(detail).with("errors", [violation])
        }
    }
}

#[cfg(test)]
mod tests;
