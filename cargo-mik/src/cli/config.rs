//! `cargo mik config`.

use std::path::Path;

use clap::Args;
use mik_build::schema::{self, reference};

use super::build_flags::BuildFlags;
use super::serve::AddressFlags;
use crate::project::{BuildArguments, Listing, Project, ServeArguments};
use crate::report::{MessageFormat, Reporter};

/// Print every setting, its value, and where it comes from
///
/// With a key, prints its value alone; with a table, such as `server`, what is in it. Where there is a mik.toml and no
/// Cargo.toml, prints what `mik run` serves it with.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cargo mik config\n  cargo mik config server.port\n  cargo mik config --release build\n  \
                        cargo mik config --schema > mik.schema.json   # for editors"
)]
pub(super) struct ConfigArgs {
    /// A key, such as `server.port`, or a table
    #[arg(value_parser = key)]
    key: Option<String>,
    /// Print the JSON Schema of mik.toml
    #[arg(long, conflicts_with = "key")]
    schema: bool,
    #[command(flatten)]
    address: AddressFlags,
    #[command(flatten)]
    flags: BuildFlags,
}

fn key(name: &str) -> Result<String, String> {
    let is_known = schema::keys().iter().any(|known| known == name);
    // Tables of the user's own making.
    let is_in = |table| name.strip_prefix(table).is_some_and(|own: &str| !own.is_empty());
    if is_known || is_in("server.env.") || is_in("dependencies.") {
        return Ok(name.to_owned());
    }
    Err(match schema::nearest(name) {
        Some(nearest) => format!("there is no such key; a similar one is `{nearest}`"),
        None => "there is no such key; `cargo mik config` prints all of them".to_owned(),
    })
}

impl ConfigArgs {
    pub(super) fn run(self, reporter: &Reporter) -> miette::Result<()> {
        let Self { key, schema, address, flags } = self;
        if schema {
            return super::write_data(reporter, &format!("{:#}\n", reference::json_schema()));
        }
        let listing = listing(&flags.into(), &address.into(), reporter)?;
        let (listing, one) = match key {
            Some(key) => (listing.below(&key)?, Some(key)),
            None => (listing, None),
        };
        let text = match (reporter.message_format(), one) {
            (MessageFormat::Json, _) => format!("{}\n", serde_json::json!(listing)),
            (MessageFormat::Human, Some(key)) if is_one(&listing, &key) => format!("{}\n", listing.value(&key)?),
            (MessageFormat::Human, _) => table(&listing),
        };
        super::write_data(reporter, &text)
    }
}

fn listing(flags: &BuildArguments, address: &ServeArguments, reporter: &Reporter) -> miette::Result<Listing> {
    let here = Path::new("mik.toml");
    let cwd = std::env::current_dir().unwrap_or_default();
    let has_cargo = flags.manifest_path.is_some() || cwd.ancestors().any(|it| it.join("Cargo.toml").is_file());
    if here.is_file() && !has_cargo {
        return Ok(Listing::of_directory(&cwd, address, reporter)?);
    }
    let project = Project::load(flags, reporter)?;
    Ok(Listing::of_project(&project, address, reporter)?)
}

/// Whether a listing is of one key, not of a table's.
fn is_one(listing: &Listing, key: &str) -> bool {
    listing.packages.iter().flat_map(|listed| &listed.settings).all(|setting| setting.key == key)
}

/// Aligned columns, package by package.
fn table(listing: &Listing) -> String {
    let mut text = String::new();
    for (index, listed) in listing.packages.iter().enumerate() {
        if let (Some(package), true) = (&listed.package, listing.packages.len() > 1) {
            let gap = if index == 0 { "" } else { "\n" };
            text += &format!("{gap}# {package}\n");
        }
        let rows: Vec<_> = listed.settings.iter().map(|it| (&it.key, it.shown(), it.origin.to_string())).collect();
        let width = |cell: fn(&(&String, String, String)) -> usize| rows.iter().map(cell).max().unwrap_or(0);
        let keys = width(|(key, ..)| key.chars().count());
        // One long value does not push all the others' origins out of sight.
        let values = width(|(_, value, _)| value.chars().count()).min(28);
        for (key, value, origin) in &rows {
            text += &format!("{key:keys$}  {value:values$}  {origin}\n");
        }
    }
    text
}
