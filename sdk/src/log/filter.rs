//! Which lines are written: `LOG_LEVEL`.

use super::Level;

/// Whether a line of this level, from this module, is written: to skip work that only a log line needs.
///
/// ```
/// use mik_sdk::log::{self, Level};
///
/// assert!(log::enabled(Level::Error, module_path!()));
/// ```
pub fn enabled(level: Level, target: &str) -> bool {
    with_filter(|filter| level as u8 <= most_verbose(filter, target))
}

/// A component's environment stays what it is.
#[cfg(target_arch = "wasm32")]
fn with_filter<R>(look: impl FnOnce(&str) -> R) -> R {
    use std::sync::OnceLock;

    static FILTER: OnceLock<Option<String>> = OnceLock::new();
    look(FILTER.get_or_init(|| crate::env::get("LOG_LEVEL")).as_deref().unwrap_or_default())
}

/// A test's environment is the test's.
#[cfg(not(target_arch = "wasm32"))]
fn with_filter<R>(look: impl FnOnce(&str) -> R) -> R {
    look(&crate::env::get("LOG_LEVEL").unwrap_or_default())
}

/// The rank of the most verbose level that a filter lets this module write. The longest module that fits decides.
fn most_verbose(filter: &str, target: &str) -> u8 {
    let mut rank = Level::Info as u8;
    let mut fits_best = None;
    // Of bytes, not of text: to look for a character costs a component more than to look for a byte.
    for directive in filter.as_bytes().split(|byte| *byte == b',') {
        let mut parts = directive.rsplitn(2, |byte| *byte == b'=');
        let level = parts.next().unwrap_or_default().trim_ascii();
        let module = parts.next().unwrap_or_default().trim_ascii();
        let fits = module.is_empty()
            || target.as_bytes().strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with(b"::"));
        let Some(level) = rank_of(level) else {
            continue;
        };
        if fits && fits_best.is_none_or(|len| module.len() >= len) {
            fits_best = Some(module.len());
            rank = level;
        }
    }
    rank
}

/// The rank of the most verbose level that any module may write.
#[cfg(feature = "log")]
pub(super) fn highest() -> u8 {
    with_filter(|filter| {
        let ranks =
            filter.split(',').map(|directive| directive.rsplit('=').next().unwrap_or_default().trim_ascii().as_bytes());
        ranks.filter_map(rank_of).max().unwrap_or(0).max(most_verbose(filter, ""))
    })
}

fn rank_of(level: &[u8]) -> Option<u8> {
    if level.eq_ignore_ascii_case(b"off") {
        return Some(0);
    }
    Level::ALL.into_iter().find(|known| known.as_str().as_bytes().eq_ignore_ascii_case(level)).map(|known| known as u8)
}

#[cfg(test)]
mod tests {
    use super::most_verbose;

    #[test]
    fn the_longest_module_that_fits_decides() {
        for (filter, target, rank) in [
            ("", "shop", 3),
            ("nonsense", "shop", 3),
            ("off", "shop", 0),
            ("WARN", "shop", 2),
            ("warn,shop=debug", "shop", 4),
            ("shop=debug,warn", "shop::payment", 4),
            ("warn,shop=debug", "shopping", 2),
            ("shop::payment=trace, shop=error", "shop::payment::card", 5),
        ] {
            assert_eq!(most_verbose(filter, target), rank, "{filter} for {target}");
        }
    }
}
