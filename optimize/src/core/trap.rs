//! `panic = "trap"`: what formats and prints the message of a panic becomes `unreachable`.
//!
//! **Why it is sound.** A function is cut only if two things are true. Its name says that it is the standard library's way
//! into a panic (or its end: the allocation error handler, the panic handler): that is what the caller has asked to lose.
//! And its code shows that it never returns: no `return`, no branch to its outermost label, and `unreachable` as its last
//! instruction; so its callers go nowhere after it, and a trap in its place differs only in what was printed before.
//! Everything that only these functions reached is then dead code. This is what `-Zbuild-std-features` with
//! `panic_immediate_abort` does, on a stable toolchain.
//!
//! Names are read from the `name` section; where there is none, nothing is cut.

use wasmparser::{KnownCustom, Name, Operator};

use super::{Context, Pass};
use crate::error::PassError;
use crate::module::{Function, Module, Renumbering};
use crate::options::Panic;
use crate::origins::Made;
use crate::symbol::readable;

pub(crate) struct TrapPanics;

impl Pass for TrapPanics {
    fn name(&self) -> &'static str {
        "trap-panics"
    }

    fn run(&self, bytes: &[u8], context: &Context<'_>) -> Result<Made, PassError> {
        let mut module = Module::parse(bytes)?;
        if context.options.panic != Panic::Trap {
            return Ok(Made::same(bytes));
        }
        let imported = module.imported_functions();
        for index in panics(&module) {
            let Some(place) = index.checked_sub(imported) else { continue };
            if let Some(function) = module.functions.get_mut(place as usize)
                && never_returns(function)?
            {
                // No locals; `unreachable`; `end`.
                // Both stand for what the function began with.
                function.rewrite(&[0x00, 0x00, 0x0b][..], vec![0, 0]);
            }
        }
        module.encode(&Renumbering::whole(&module))
    }
}

/// The functions that are ways into a panic, by their names.
fn panics(module: &Module<'_>) -> Vec<u32> {
    let mut found = Vec::new();
    for custom in &module.customs {
        let KnownCustom::Name(names) = custom.section.as_known() else { continue };
        for name in names {
            let Ok(Name::Function(functions)) = name else { continue };
            found.extend(
                functions.into_iter().flatten().filter(|naming| is_panic(naming.name)).map(|naming| naming.index),
            );
        }
    }
    found
}

/// Whether a symbol, mangled or not, is a way into a panic.
fn is_panic(symbol: &str) -> bool {
    let name = readable(symbol);
    let name = name.as_str();
    if matches!(
        runtime(name),
        "rust_begin_unwind"
            | "rust_panic"
            | "__rust_start_panic"
            | "__rust_alloc_error_handler"
            | "__rg_oom"
            | "__rdl_oom"
    ) {
        return true;
    }
    let path = name.trim_start_matches('<');
    if !["core::", "alloc::", "std::"].iter().any(|library| path.starts_with(library)) {
        return false;
    }
    if name.starts_with("core::panicking::") || name.starts_with("std::panicking::") {
        return true;
    }
    // Generic arguments after the last name say nothing.
    let plain = match path.find("::<") {
        Some(at) if path.ends_with('>') => &path[..at],
        _ => path,
    };
    let last = plain.rsplit("::").find(|name| !matches!(*name, "runtime" | "{{closure}}" | "{closure#0}"));
    last.is_some_and(|last| {
        matches!(
            last,
            "unwrap_failed"
                | "expect_failed"
                | "assert_failed"
                | "do_panic"
                | "handle_alloc_error"
                | "handle_error"
                | "capacity_overflow"
                | "rust_oom"
                | "rt_error"
                | "slice_error_fail"
                | "slice_error_fail_rt"
                | "len_mismatch_fail"
                | "begin_panic"
                | "begin_panic_handler"
        ) || last.starts_with("panic_")
            || (last.starts_with("slice_") && last.ends_with("_fail"))
    })
}

/// The name of a symbol that the compiler makes, without the crate `__rustc` that it is in: `__rustc[1234]::name`.
fn runtime(name: &str) -> &str {
    let Some(rest) = name.strip_prefix("__rustc") else { return name };
    let rest = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or(rest, |(_, rest)| rest);
    rest.strip_prefix("::").unwrap_or(name)
}

/// Whether the code shows that a function ends in a trap or not at all, whatever it is given.
fn never_returns(function: &Function<'_>) -> Result<bool, PassError> {
    let mut depth = 0_u32;
    let mut last_is_unreachable = false;
    for operator in function.parsed().get_operators_reader()? {
        let operator = operator?;
        match &operator {
            Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => depth += 1,
            Operator::End => {
                if depth == 0 {
                    return Ok(last_is_unreachable);
                }
                depth -= 1;
            }
            Operator::Br { relative_depth } | Operator::BrIf { relative_depth } if *relative_depth >= depth => {
                return Ok(false);
            }
            Operator::BrTable { targets } => {
                if targets.default() >= depth {
                    return Ok(false);
                }
                for target in targets.targets() {
                    if target? >= depth {
                        return Ok(false);
                    }
                }
            }
            // Not in what rustc makes of a panic: not looked into.
            Operator::Return
            | Operator::ReturnCall { .. }
            | Operator::ReturnCallIndirect { .. }
            | Operator::ReturnCallRef { .. }
            | Operator::BrOnNull { .. }
            | Operator::BrOnNonNull { .. }
            | Operator::BrOnCast { .. }
            | Operator::BrOnCastFail { .. }
            | Operator::TryTable { .. } => return Ok(false),
            _ => {}
        }
        last_is_unreachable = matches!(operator, Operator::Unreachable);
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::is_panic;

    #[test]
    fn ways_into_a_panic_are_known_however_they_are_written() {
        for name in [
            "core::panicking::panic_fmt::h0123456789abcdef",
            "_ZN4core9panicking9panic_fmt17h0123456789abcdefE",
            "_RNvNtCs1234_4core9panicking9panic_fmt",
            "core::option::unwrap_failed::h0123456789abcdef",
            "core::slice::index::slice_end_index_len_fail::h0123456789abcdef",
            "alloc::raw_vec::handle_error::h0123456789abcdef",
            "alloc::vec::Vec<T,A>::remove::assert_failed::h0123456789abcdef",
            "core::cell::panic_already_borrowed::h0123456789abcdef",
            "rust_begin_unwind",
            "__rustc::rust_begin_unwind",
            "__rustc[1234abcd]::rust_begin_unwind",
            "core::panicking::assert_failed::<usize, usize>",
        ] {
            assert!(is_panic(name), "{name}");
        }
    }

    #[test]
    fn what_only_sounds_like_a_panic_is_left_alone() {
        for name in [
            "handler::panic_button::h0123456789abcdef",
            "core::fmt::write::h0123456789abcdef",
            "<core::panicking::AssertKind as core::fmt::Debug>::fmt",
            "std::process::exit::h0123456789abcdef",
        ] {
            assert!(!is_panic(name), "{name}");
        }
    }
}
