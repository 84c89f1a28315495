//! The names of functions, as symbols have them.

use std::fmt::{self, Write};

/// The longest name that is read, in bytes. A symbol can refer to parts of itself, so a hundred bytes may stand for gigabytes.
const LONGEST: usize = 4096;

/// A symbol as it is read, without the hash that the compiler ends it with. What is not mangled, or longer than anybody reads,
/// stays as it is.
pub(crate) fn readable(symbol: &str) -> String {
    let mut name = Bounded(String::new());
    let name = match rustc_demangle::try_demangle(symbol) {
        Ok(demangled) if write!(name, "{demangled:#}").is_ok() => name.0,
        _ => symbol.to_owned(),
    };
    // wasm-ld demangles as well, and leaves the hash.
    match name.rsplit_once("::h") {
        Some((path, hash)) if hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => path.to_owned(),
        _ => name,
    }
}

/// Text that goes no further than a bound.
struct Bounded(String);

impl Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.0.len() + text.len() > LONGEST {
            return Err(fmt::Error);
        }
        self.0.push_str(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, readable};

    #[test]
    fn symbols_are_read_however_they_are_mangled() {
        for (symbol, name) in [
            ("_ZN4core9panicking9panic_fmt17h0123456789abcdefE", "core::panicking::panic_fmt"),
            ("core::panicking::panic_fmt::h0123456789abcdef", "core::panicking::panic_fmt"),
            ("_RNvNtCs1234_4core9panicking9panic_fmt", "core::panicking::panic_fmt"),
            ("malloc", "malloc"),
        ] {
            assert_eq!(readable(symbol), name);
        }
    }

    #[test]
    fn a_symbol_that_would_be_very_long_stays_as_it_is() {
        // Each pair is of the one before, twice.
        let digit =
            |number: usize| char::from(b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"[number]);
        let place = |at: usize| match at - 1 {
            one @ 0..62 => format!("B{}_", digit(one)),
            two => format!("B{}{}_", digit(two / 62), digit(two % 62)),
        };
        let mut symbol = String::from("_RINvC1a1f");
        let mut last = symbol.len() - 2;
        symbol.push_str("TuuE");
        assert_eq!(readable(&format!("{symbol}E")), "a::f::<((), ())>");
        for _ in 0..20 {
            let next = symbol.len() - 2;
            let pair = place(last);
            symbol.push_str(&format!("T{pair}{pair}E"));
            last = next;
        }
        symbol.push('E');
        let read = readable(&symbol);
        assert!(read.len() <= LONGEST, "{} bytes of {}", read.len(), symbol.len());
        assert_eq!(read, symbol);
    }
}
