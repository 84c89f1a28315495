//! Patterns: what `$like` and `$contains` select, the same in both databases.
//!
//! SQLite's `LIKE` does not see case, PostgreSQL's does. SQLite's `GLOB` sees it, so that is what a pattern becomes there.

use crate::Dialect;

/// A piece of a pattern.
enum Piece {
    Character(char),
    /// `%`
    Any,
    /// `_`
    One,
}

/// What surrounds a text that stands for itself.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Start,
    End,
    Anywhere,
}

/// The pattern that matches `text` itself, wildcards and all, at a place of the whole.
pub(crate) fn literal(dialect: Dialect, text: &str, place: Place) -> String {
    let before = (place != Place::Start).then_some(Piece::Any);
    let after = (place != Place::End).then_some(Piece::Any);
    render(dialect, &mut before.into_iter().chain(text.chars().map(Piece::Character)).chain(after))
}

/// A pattern of SQL: `%`, `_`, and `\` before what stands for itself. A last `\` stands for itself, too: PostgreSQL would
/// make an error of it.
pub(crate) fn like(dialect: Dialect, pattern: &str) -> String {
    let mut characters = pattern.chars();
    let mut pieces = std::iter::from_fn(|| {
        Some(match characters.next()? {
            '%' => Piece::Any,
            '_' => Piece::One,
            '\\' => Piece::Character(characters.next().unwrap_or('\\')),
            character => Piece::Character(character),
        })
    });
    render(dialect, &mut pieces)
}

/// A pattern of `LIKE`, for SQLite's `LIKE` too: what `$ilike` becomes there.
pub(crate) fn ilike(pattern: &str) -> String {
    like(Dialect::Postgres, pattern)
}

fn render(dialect: Dialect, pieces: &mut dyn Iterator<Item = Piece>) -> String {
    let mut pattern = String::new();
    for piece in pieces {
        match (piece, dialect) {
            (Piece::Any, Dialect::Postgres) => pattern.push('%'),
            (Piece::One, Dialect::Postgres) => pattern.push('_'),
            (Piece::Any, Dialect::Sqlite) => pattern.push('*'),
            (Piece::One, Dialect::Sqlite) => pattern.push('?'),
            (Piece::Character(character @ ('%' | '_' | '\\')), Dialect::Postgres) => {
                pattern.extend(['\\', character]);
            }
            (Piece::Character(character @ ('*' | '?' | '[')), Dialect::Sqlite) => {
                pattern.extend(['[', character, ']']);
            }
            (Piece::Character(character), _) => pattern.push(character),
        }
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_of_a_text_stand_for_themselves() {
        assert_eq!(literal(Dialect::Postgres, r"50%_\*", Place::Anywhere), r"%50\%\_\\*%");
        assert_eq!(literal(Dialect::Sqlite, r"5*?[0]%", Place::Anywhere), "*5[*][?][[]0]%*");
        assert_eq!(literal(Dialect::Postgres, "a", Place::Start), "a%");
        assert_eq!(literal(Dialect::Sqlite, "a", Place::End), "*a");
    }

    #[test]
    fn a_pattern_means_the_same_in_both() {
        assert_eq!(like(Dialect::Postgres, r"a%_\%\"), r"a%_\%\\");
        assert_eq!(like(Dialect::Sqlite, r"a%_\%*\"), r"a*?%[*]\");
    }
}
