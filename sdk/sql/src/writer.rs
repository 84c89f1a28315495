//! Text and binds: the one place where names are quoted and values become placeholders.

use crate::{Dialect, QueryResult, Value};

/// A statement that is being written.
pub(crate) struct Writer {
    dialect: Dialect,
    sql: String,
    params: Vec<Value>,
}

impl Writer {
    pub(crate) fn new(dialect: Dialect) -> Self {
        Self { dialect, sql: String::new(), params: Vec::new() }
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// What has been written.
    pub(crate) fn finish(self) -> QueryResult {
        QueryResult { sql: self.sql, params: self.params }
    }

    /// Text of our own.
    pub(crate) fn raw(&mut self, text: &str) {
        self.sql.push_str(text);
    }

    pub(crate) fn number(&mut self, number: u64) {
        let mut digits = [0; 20];
        let mut start = digits.len();
        let mut rest = number;
        for (index, digit) in digits.iter_mut().enumerate().rev() {
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
            start = index;
            if rest == 0 {
                break;
            }
        }
        self.sql.extend(digits.iter().skip(start).map(|digit| char::from(*digit)));
    }

    /// One name, quoted, whatever it consists of.
    ///
    /// SQLite takes a name in double quotes that it does not know for a string, so that a filter on a column that is not
    /// there would select all rows or none without a word. Backticks are names and nothing else.
    pub(crate) fn name(&mut self, name: &str) {
        let quote = match self.dialect {
            Dialect::Postgres => '"',
            Dialect::Sqlite => '`',
        };
        self.sql.push(quote);
        for character in name.chars() {
            match character {
                // No name has it, and clients in C end the statement there.
                '\0' => self.sql.push('\u{fffd}'),
                character if character == quote => self.sql.extend([quote, quote]),
                character => self.sql.push(character),
            }
        }
        self.sql.push(quote);
    }

    /// A name with its qualifiers, separated by dots. A last `*` stands for all columns.
    pub(crate) fn path(&mut self, path: &str) {
        let mut parts = path.split('.').peekable();
        while let Some(part) = parts.next() {
            if part == "*" && parts.peek().is_none() {
                self.raw("*");
            } else {
                self.name(part);
            }
            if parts.peek().is_some() {
                self.raw(".");
            }
        }
    }

    /// Several names, without qualifiers.
    pub(crate) fn names(&mut self, names: &[String]) {
        self.list(names, |writer, name| writer.name(name));
    }

    pub(crate) fn list<T>(&mut self, items: impl IntoIterator<Item = T>, mut write: impl FnMut(&mut Self, T)) {
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                self.raw(", ");
            }
            write(self, item);
        }
    }

    /// A value, as a placeholder that says its type.
    pub(crate) fn bind(&mut self, value: &Value) {
        match value {
            Value::Null => self.raw("NULL"),
            Value::Array(values) if self.dialect == Dialect::Postgres => self.bind_array(values),
            Value::Array(values) => {
                // SQLite has no arrays: it refuses the row of values, with its own words.
                self.raw("(");
                self.list(values, Self::bind);
                self.raw(")");
            }
            _ => {
                self.placeholder(value.clone());
                self.cast(value.postgres_type(), "");
            }
        }
    }

    /// A list of values of one type, as a single array.
    pub(crate) fn bind_array(&mut self, values: &[Value]) {
        let element = values.first().and_then(Value::postgres_type);
        self.placeholder(Value::Array(values.to_vec()));
        self.cast(element, "[]");
    }

    fn cast(&mut self, type_name: Option<&str>, suffix: &str) {
        if self.dialect == Dialect::Postgres
            && let Some(type_name) = type_name
        {
            self.raw("::");
            self.raw(type_name);
            self.raw(suffix);
        }
    }

    fn placeholder(&mut self, value: Value) {
        self.params.push(value);
        self.raw(match self.dialect {
            Dialect::Postgres => "$",
            Dialect::Sqlite => "?",
        });
        self.number(self.params.len() as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(dialect: Dialect, write: impl FnOnce(&mut Writer)) -> String {
        let mut writer = Writer::new(dialect);
        write(&mut writer);
        writer.finish().sql
    }

    #[test]
    fn a_name_stays_one_name() {
        assert_eq!(written(Dialect::Postgres, |w| w.name("a\"; DROP TABLE b; --")), "\"a\"\"; DROP TABLE b; --\"");
        assert_eq!(written(Dialect::Sqlite, |w| w.name("a`b\"\0")), "`a``b\"\u{fffd}`");
        assert_eq!(written(Dialect::Sqlite, |w| w.path("main.users.*")), "`main`.`users`.*");
        assert_eq!(written(Dialect::Postgres, |w| w.path("*.a")), "\"*\".\"a\"");
    }

    #[test]
    fn numbers_are_decimal() {
        for number in [0, 7, 10, 1234, u64::MAX] {
            assert_eq!(written(Dialect::Sqlite, |w| w.number(number)), number.to_string());
        }
    }
}
