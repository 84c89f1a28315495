//! The results: a row for each budget, as the README has them.

use std::fmt;

/// All rows.
#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<Row>,
}

/// One budget and what came of it.
pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) ours: String,
    pub(crate) theirs: String,
    pub(crate) ratio: f64,
    pub(crate) budget: String,
    pub(crate) holds: bool,
}

impl Table {
    pub(crate) fn add(&mut self, row: Row) {
        self.rows.push(row);
    }

    pub(crate) fn extend(&mut self, rows: impl IntoIterator<Item = Row>) {
        self.rows.extend(rows);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "| what | mik | wasmtime serve | ratio | budget | |")?;
        writeln!(formatter, "|---|---|---|---|---|---|")?;
        for Row { what, ours, theirs, ratio, budget, holds } in &self.rows {
            let verdict = if *holds { "holds" } else { "missed" };
            writeln!(formatter, "| {what} | {ours} | {theirs} | {ratio:.2} | {budget} | {verdict} |")?;
        }
        Ok(())
    }
}

/// The middle one; of an even number, the upper of the two.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
