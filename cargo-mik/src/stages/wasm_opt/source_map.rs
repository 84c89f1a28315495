//! Source maps as a way to keep where instructions come from: the position in the module that was given is said to be a column of
//! a file's only line, and `wasm-opt` keeps that up to date.
//!
//! The format: ECMA-426, of which `mappings` alone matters here.

use mik_optimize::Positions;
use serde_json::Value;

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// A source map in which each instruction of a module comes from its own position.
pub(super) fn of(positions: &Positions) -> String {
    let mut mappings = String::new();
    let mut last = 0;
    for position in positions.functions.iter().flatten() {
        let position = i64::from(positions.start.saturating_add(*position));
        if !mappings.is_empty() {
            mappings.push(',');
        }
        // The position in what is made, the file, the line, the column: each as what it is more than the last time.
        for number in [position - last, 0, 0, position - last] {
            encode(number, &mut mappings);
        }
        last = position;
    }
    // In this order: earlier versions look for one after the other.
    format!("{{\"version\":3,\"sources\":[\"module.wasm\"],\"names\":[],\"mappings\":\"{mappings}\"}}")
}

/// Pairs of positions: of the instructions of a module, and of what they come from by its source map. A mapping holds up to the
/// next one, and in its own function. Nothing, where it is no source map.
pub(super) fn read(map: &[u8], positions: &Positions) -> Option<Vec<(u32, u32)>> {
    let map: Value = serde_json::from_slice(map).ok()?;
    let mappings = decode_all(map.get("mappings")?.as_str()?)?;
    let mut pairs = Vec::new();
    for (operators, (start, _)) in positions.functions.iter().zip(&positions.bodies) {
        let start = positions.start.saturating_add(*start);
        for operator in operators {
            let at = positions.start.saturating_add(*operator);
            let before = mappings.partition_point(|(position, _)| *position <= at).checked_sub(1);
            if let Some((from, Some(original))) = before.and_then(|it| mappings.get(it))
                && *from >= start
            {
                pairs.push((at, *original));
            }
        }
    }
    Some(pairs)
}

/// The mappings by position, with the columns that they lead to, if to any.
fn decode_all(mappings: &str) -> Option<Vec<(u32, Option<u32>)>> {
    let (mut position, mut column) = (0_i64, 0_i64);
    let mut decoded = Vec::new();
    for mapping in mappings.split(',').filter(|mapping| !mapping.is_empty()) {
        let numbers = decode(mapping)?;
        position = position.checked_add(*numbers.first()?)?;
        let original = match numbers.get(3) {
            None => None,
            Some(more) => {
                column = column.checked_add(*more)?;
                Some(u32::try_from(column).ok()?)
            }
        };
        decoded.push((u32::try_from(position).ok()?, original));
    }
    decoded.is_sorted_by_key(|(position, _)| *position).then_some(decoded)
}

/// A number in base 64, five bits a digit, the lowest first; the lowest of all is the sign.
fn encode(number: i64, into: &mut String) {
    let mut rest = (number.unsigned_abs() << 1) | u64::from(number < 0);
    loop {
        let more = rest > 31;
        let digit = (rest & 31) as usize | usize::from(more) << 5;
        into.push(char::from(DIGITS.get(digit).copied().unwrap_or_default()));
        rest >>= 5;
        if !more {
            break;
        }
    }
}

fn decode(mapping: &str) -> Option<Vec<i64>> {
    let mut numbers = Vec::new();
    let (mut number, mut shift) = (0_i64, 0);
    for character in mapping.bytes() {
        let digit = DIGITS.iter().position(|digit| *digit == character)? as i64;
        // No position has more bits.
        if shift > 35 {
            return None;
        }
        number |= (digit & 31) << shift;
        shift += 5;
        if digit & 32 == 0 {
            let magnitude = number >> 1;
            numbers.push(if number & 1 == 1 { -magnitude } else { magnitude });
            (number, shift) = (0, 0);
        }
    }
    (shift == 0).then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn positions() -> Positions {
        Positions {
            imported: 0,
            start: 100,
            functions: vec![vec![3, 5, 900], vec![1_000_000, 1_000_002]],
            bodies: vec![(2, 902), (999_999, 1_000_003)],
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let map = of(&positions());
        let pairs = read(map.as_bytes(), &positions()).unwrap();
        let same: Vec<_> = [103, 105, 1000, 1_000_100, 1_000_102].map(|at| (at, at)).into();
        assert_eq!(pairs, same);
    }

    #[test]
    fn numbers_are_those_of_the_format() {
        for (number, text) in [(0, "A"), (1, "C"), (-1, "D"), (15, "e"), (16, "gB"), (-1234, "ltC")] {
            let mut encoded = String::new();
            encode(number, &mut encoded);
            assert_eq!((encoded.as_str(), decode(text)), (text, Some(vec![number])));
        }
    }

    #[test]
    fn a_mapping_holds_up_to_the_next_one_and_in_its_function() {
        // At 103 comes from 7; at 105 from nowhere.
        let mut mappings = String::new();
        for number in [103, 0, 0, 7] {
            encode(number, &mut mappings);
        }
        mappings.push(',');
        encode(800, &mut mappings);
        let map = format!("{{\"mappings\":\"{mappings}\"}}");
        assert_eq!(read(map.as_bytes(), &positions()).unwrap(), [(103, 7), (105, 7)]);
    }

    #[test]
    fn what_is_no_source_map_is_nothing() {
        for wrong in
            ["", "{}", "[]", "{\"mappings\":1}", "{\"mappings\":\"!\"}", "{\"mappings\":\"D\"}", "{\"mappings\":\"g\"}"]
        {
            assert_eq!(read(wrong.as_bytes(), &positions()), None, "{wrong}");
        }
        let endless = format!("{{\"mappings\":\"{}\"}}", "g".repeat(100));
        assert_eq!(read(endless.as_bytes(), &positions()), None);
    }
}
