//! State that leaks: what an instance answers otherwise once it has answered something else.

use super::sender::Sender;
use crate::recording::{Answer, Difference, Entry, Ignored, Place, compare};

/// For how many leaks the request is looked for that is behind it: each takes as many requests as there are.
const EXPLAINED_MOST: usize = 20;

/// A request that a used instance answers otherwise than a fresh one.
pub(super) struct Leak<'a> {
    pub(super) entry: &'a Entry,
    /// The request after which it shows, where one alone is enough.
    pub(super) after: Option<&'a Entry>,
    pub(super) differences: Vec<Difference>,
}

/// What a fresh instance answers, and where two of them do not agree: there it is time, chance, or somebody else.
struct Fresh {
    answer: Answer,
    varies: Vec<Place>,
}

/// Sends all requests to fresh instances, twice, and all of them to one that answers them one after the other, twice: what an
/// instance keeps of a request may show in the next answer to the same one.
pub(super) fn find<'a>(sender: &mut Sender, entries: &'a [Entry], ignored: &Ignored) -> miette::Result<Vec<Leak<'a>>> {
    let entries: Vec<&Entry> = entries.iter().filter(|entry| !entry.request.is_cut).collect();
    let mut fresh = Vec::new();
    for entry in &entries {
        let ((answer, _), (again, _)) = (sender.ask(&entry.request)?, sender.ask(&entry.request)?);
        let varies = compare(&answer, &again, ignored).into_iter().map(|difference| difference.place).collect();
        fresh.push(Fresh { answer, varies });
    }
    let mut leaks: Vec<Option<Vec<Difference>>> = entries.iter().map(|_| None).collect();
    sender.reuse()?;
    for _ in 0..2 {
        for ((entry, fresh), leak) in entries.iter().zip(&fresh).zip(&mut leaks) {
            let differences = differences(sender, entry, fresh, ignored)?;
            if leak.is_none() && !differences.is_empty() {
                *leak = Some(differences);
            }
        }
    }
    let mut found = Vec::new();
    for ((entry, fresh), differences) in entries.iter().zip(&fresh).zip(leaks) {
        let Some(differences) = differences else { continue };
        let after = if found.len() < EXPLAINED_MOST { cause(sender, &entries, entry, fresh, ignored)? } else { None };
        found.push(Leak { entry, after, differences });
    }
    Ok(found)
}

/// Where a used instance's answer is not what a fresh one's always is.
fn differences(
    sender: &mut Sender,
    entry: &Entry,
    fresh: &Fresh,
    ignored: &Ignored,
) -> miette::Result<Vec<Difference>> {
    let (answer, _) = sender.ask(&entry.request)?;
    let mut differences = compare(&fresh.answer, &answer, ignored);
    differences.retain(|difference| !fresh.varies.contains(&difference.place));
    Ok(differences)
}

/// The first request that alone has the next one answered otherwise.
fn cause<'a>(
    sender: &mut Sender,
    entries: &[&'a Entry],
    entry: &Entry,
    fresh: &Fresh,
    ignored: &Ignored,
) -> miette::Result<Option<&'a Entry>> {
    for before in entries {
        sender.reuse()?;
        sender.ask(&before.request)?;
        if !differences(sender, entry, fresh, ignored)?.is_empty() {
            return Ok(Some(before));
        }
    }
    Ok(None)
}
