//! Frames in the text of a trap, as hosts print them.

/// A place in code that a text speaks of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mention {
    /// The position, in the component's file or in that of a core module.
    pub address: u64,
    /// The index of the function, where it is told.
    pub function: Option<u32>,
    /// Whether positions count from the start of a core module: engines of JavaScript know no others.
    pub is_in_module: bool,
    /// Which of the core modules that jco writes it is in, from 0.
    pub module: Option<usize>,
}

/// The places that a line speaks of, in its order. Known are:
///
/// ```text
///     0:   0x5c53 - <unknown>!<wasm function 127>          wasmtime
///     at function 127 (0x5c53)                              cargo mik, also escaped in a log's line
///     at app.core.wasm:wasm-function[127]:0x4f0b            V8 and SpiderMonkey, on what jco has made
/// 0x5c53                                                    an address alone
/// ```
pub fn mentions(line: &str) -> Vec<Mention> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(place) = line.get(from..).and_then(|rest| rest.find("0x")) {
        let start = from + place;
        let digits = line.get(start + 2..).unwrap_or_default();
        let length = digits.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(digits.len());
        let end = start + 2 + length;
        let around = (line.get(from..start).unwrap_or_default(), line.get(end..).unwrap_or_default());
        if let Ok(address) = u64::from_str_radix(digits.get(..length).unwrap_or_default(), 16)
            && let Some(mention) = mention(around, address)
        {
            found.push(mention);
        }
        from = end;
    }
    found
}

/// What stands around an address says whether it is one, and of what.
fn mention((before, after): (&str, &str), address: u64) -> Option<Mention> {
    let mention = Mention { address, ..Mention::default() };
    if let Some(function) = before.strip_suffix("]:") {
        let (place, function) = function.rsplit_once("wasm-function[")?;
        let module = module(place);
        return Some(Mention { function: Some(function.parse().ok()?), is_in_module: true, module, ..mention });
    }
    if let Some(name) = after.strip_prefix(" - ") {
        let number = before.trim().strip_suffix(':')?;
        number.rsplit(' ').next()?.parse::<u32>().ok()?;
        let function = name.split_once("!<wasm function ").and_then(|(_, rest)| rest.split_once('>')?.0.parse().ok());
        return Some(Mention { function, ..mention });
    }
    if let Some(name) = before.strip_suffix(" (")
        && after.starts_with(')')
    {
        let (_, name) = name.rsplit_once("at ")?;
        let function = name.strip_prefix("function ").and_then(|function| function.parse().ok());
        return Some(Mention { function, ..mention });
    }
    (before.trim().is_empty() && after.trim().is_empty()).then_some(mention)
}

/// Which core module a place is in: jco calls them `app.core.wasm`, `app.core2.wasm`, `app.core3.wasm`, ….
fn module(place: &str) -> Option<usize> {
    let (before, _) = place.rsplit_once(".wasm")?;
    let (_, number) = before.rsplit_once(".core")?;
    if number.is_empty() { Some(0) } else { number.parse::<usize>().ok()?.checked_sub(1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(line: &str) -> Mention {
        let mut found = mentions(line);
        assert_eq!(found.len(), 1, "{line}: {found:?}");
        found.remove(0)
    }

    #[test]
    fn frames_are_found_as_hosts_print_them() {
        let plain = Mention { address: 0x5c53, function: Some(127), ..Mention::default() };
        assert_eq!(one("    0:   0x5c53 - <unknown>!<wasm function 127>"), plain);
        assert_eq!(one("2026-11-21T10:00:00Z ERROR    0:   0x5c53 - <unknown>!<wasm function 127>"), plain);
        assert_eq!(one("              at function 127 (0x5c53)"), plain);
        let named = Mention { function: None, ..plain.clone() };
        assert_eq!(one("    1: 0x5c53 - app.wasm!app::divide::h0123456789abcdef"), named);
        assert_eq!(one("   at app::divide (0x5c53)"), named);
        assert_eq!(one("0x5c53"), named);
        let engine = Mention { is_in_module: true, ..plain };
        assert_eq!(one("    at wasm://wasm/0f5a1eed:wasm-function[127]:0x5c53"), engine);
        assert_eq!(one("    at f (wasm://wasm/app-0f5a:wasm-function[127]:0x5c53)"), engine);
        let of = |module| Mention { module: Some(module), ..engine.clone() };
        assert_eq!(one("f@http://localhost/app.core.wasm:wasm-function[127]:0x5c53"), of(0));
        assert_eq!(one("    at file:///app/app.core3.wasm:wasm-function[127]:0x5c53"), of(2));
    }

    #[test]
    fn a_line_of_a_log_may_hold_a_whole_trace() {
        let line = "ERROR mik::serve::trap: `app` trapped: wasm trap\\n    at function 127 (0x5c53)\\n    at function 2 (0x95)";
        let addresses: Vec<_> = mentions(line).into_iter().map(|it| (it.function, it.address)).collect();
        assert_eq!(addresses, [(Some(127), 0x5c53), (Some(2), 0x95)]);
    }

    #[test]
    fn other_numbers_are_no_frames() {
        for line in [
            "out of bounds memory access at 0x5c53 of 3",
            "0x",
            "0xfffffffffffffffff",
            "value: 0x5c53 - 3",
            "(0x5c53)",
            "",
        ] {
            assert_eq!(mentions(line), [], "{line}");
        }
    }
}
