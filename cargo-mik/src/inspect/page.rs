//! The page of `cargo mik size --html`: a treemap and the same as tables, in one file that needs no other.

use serde_json::json;

use super::size::Unnamed;
use super::steps::BuildStep;
use super::tree::{Node, shortened};
use super::{Difference, SizeReport, change, grouped, largest_first, with_sign};
use crate::tools::html::{escaped, fill};

/// One file was named for the pages of several components. Exit code 2.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
#[error("a page is about one component, and these are {}: {}", names.len(), names.join(", "))]
#[diagnostic(
    code(mik::cli::one_page),
    help("choose one with `-p`, or leave the file out: each page is then written beside its component")
)]
pub struct OnePage {
    /// The components.
    pub names: Vec<String>,
}

const TEMPLATE: &str = include_str!("page/page.html");
const STYLE: &str = concat!(include_str!("../tools/look.css"), include_str!("page/page.css"));
const SCRIPT: [&str; 2] = [include_str!("page/squarify.js"), include_str!("page/page.js")];

/// How many rows a table has at most: the text for those who don't see the treemap, not an export.
const MOST_ROWS: usize = 200;

impl SizeReport {
    /// As a page of HTML, with what has changed since another component, where there is one.
    pub fn to_html(&self, difference: Option<&Difference>) -> String {
        let file_name = self.name().rsplit(['/', '\\']).next().unwrap_or_default();
        let mut tables = String::from("<div class=\"tables\">\n");
        for (of, list) in self.lists(Unnamed::Apart).into_iter() {
            tables += &self.table(of, largest_first(list.into_iter().collect()));
        }
        tables += &steps_table(&self.steps());
        tables += "</div>";
        if let Some(difference) = difference {
            tables = difference_tables(difference) + &tables;
        }
        let data = json!({ "root": Node::of(self, difference), "compared": difference.is_some() }).to_string();
        fill(
            TEMPLATE,
            &[
                ("title", &format!("{} · {} bytes", escaped(file_name), grouped(self.total()))),
                ("style", STYLE.trim_end()),
                ("name", &escaped(file_name)),
                ("total", &self.total_line(difference)),
                ("tables", &tables),
                // JSON may write any character as an escape: so nothing in it can end the element that it is in.
                ("data", &data.replace('<', "\\u003c")),
                ("script", SCRIPT.concat().trim_end()),
            ],
        )
    }

    fn total_line(&self, difference: Option<&Difference>) -> String {
        let total = format!("<strong>{} bytes</strong>", grouped(self.total()));
        let since = difference.map(|difference| {
            let (name, bytes) = difference.before();
            let change = change(bytes, self.total());
            format!(", {} since {} ({})", signed(change), escaped(name), grouped(bytes))
        });
        let names =
            if self.has_names() { "" } else { ". Its functions have no names, so their crates are not told apart" };
        format!("{total}{}{names}", since.unwrap_or_default())
    }

    fn table(&self, of: &str, rows: Vec<(String, u64)>) -> String {
        let rows: Vec<_> = rows.into_iter().filter(|(_, bytes)| *bytes > 0).collect();
        let most = rows.first().map_or(1, |(_, bytes)| *bytes).max(1);
        let row = |class: &str, name: &str, bytes: u64, share: f64| {
            format!(
                "<tr{class} style=\"--share:{share:.1}%\"><td class=\"number\">{}</td><td class=\"number percent\">{:.1}</td>\
                 <td class=\"name\">{}</td></tr>\n",
                grouped(bytes),
                self.percent(bytes),
                escaped(&shortened(name)),
            )
        };
        let mut body = String::new();
        for (name, bytes) in rows.iter().take(MOST_ROWS) {
            body += &row("", name, *bytes, 100.0 * *bytes as f64 / most as f64);
        }
        if let Some(rest) = rows.get(MOST_ROWS..).filter(|rest| !rest.is_empty()) {
            let bytes = rest.iter().map(|(_, bytes)| bytes).sum();
            body +=
                &row(" class=\"rest\" data-keep=\"1\"", &format!("{} more", grouped(rest.len() as u64)), bytes, 0.0);
        }
        let head = "<th scope=\"col\" class=\"number\">bytes</th><th scope=\"col\" class=\"number percent\">%</th>\
                    <th scope=\"col\">name</th>";
        card(&titled(of), if of == "function" { "card wide" } else { "card" }, head, &body)
    }
}

/// Size after each step.
fn steps_table(steps: &[BuildStep]) -> String {
    if steps.is_empty() {
        return String::new();
    }
    let mut body = String::new();
    for step in steps {
        let (class, is_first) = (if step.is_pass { "" } else { " class=\"step\"" }, step.before == 0);
        let before = if is_first { String::new() } else { grouped(step.before) };
        let change = if is_first { String::new() } else { signed(step.change()) };
        body += &format!(
            "<tr{class} data-keep=\"1\"><td class=\"number\">{before}</td><td class=\"number\">{}</td><td class=\"number\">{change}</td>\
             <td>{}</td></tr>\n",
            grouped(step.after),
            escaped(&step.what)
        );
    }
    let head = "<th scope=\"col\" class=\"number\">before</th><th scope=\"col\" class=\"number\">after</th>\
                <th scope=\"col\" class=\"number\">change</th><th scope=\"col\">pass or step</th>";
    card("Before and after each pass", "card wide", head, &body)
}

/// What has changed since another component.
fn difference_tables(difference: &Difference) -> String {
    let mut tables = format!(
        "<section aria-labelledby=\"changes\">\n<h2 id=\"changes\">What has changed since {}</h2>\n<div class=\"tables\">\n",
        escaped(difference.before().0)
    );
    if let Some(nameless) = difference.nameless() {
        tables += &format!(
            "<p class=\"card wide\">The functions of {} have no names, so they can't be compared.</p>\n",
            escaped(nameless)
        );
    }
    for changes in &difference.lists {
        let rows = changes.by_size();
        if rows.is_empty() {
            continue;
        }
        let row = |class: &str, change: i64, name: &str| {
            format!(
                "<tr{class}><td class=\"number\">{}</td><td class=\"name\">{}</td></tr>\n",
                signed(change),
                escaped(&shortened(name))
            )
        };
        let mut body: String = rows.iter().take(MOST_ROWS).map(|(name, change)| row("", *change, name)).collect();
        if let Some(rest) = rows.get(MOST_ROWS..).filter(|rest| !rest.is_empty()) {
            let change = rest.iter().map(|(_, change)| change).sum();
            body += &row(" class=\"rest\" data-keep=\"1\"", change, &format!("{} more", grouped(rest.len() as u64)));
        }
        let head = "<th scope=\"col\" class=\"number\">change</th><th scope=\"col\">name</th>";
        let class = if changes.of == "function" { "card wide" } else { "card" };
        tables += &card(&format!("{}, changed", titled(changes.of)), class, head, &body);
    }
    tables + "</div>\n</section>\n"
}

fn card(title: &str, class: &str, head: &str, body: &str) -> String {
    format!(
        "<section class=\"{class}\">\n<h2>{title}</h2>\n<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>\n\
         </section>\n"
    )
}

fn titled(of: &str) -> String {
    let plural = format!("{of}s");
    let mut letters = plural.chars();
    letters.next().map(|first| first.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default()
}

fn signed(change: i64) -> String {
    let class = match change {
        0 => return with_sign(0),
        1.. => "more",
        _ => "less",
    };
    format!("<span class=\"{class}\">{}</span>", with_sign(change))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_the_template_asks_for_is_there() {
        for key in ["title", "style", "name", "total", "tables", "data", "script"] {
            assert_eq!(TEMPLATE.matches(&format!("{{{{{key}}}}}")).count(), 1, "{key}");
        }
        assert_eq!(TEMPLATE.matches("{{").count(), 7);
    }
}
