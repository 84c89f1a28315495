//! What a handler reaches that wasm32-unknown-unknown lacks, who calls it, and where.
//!
//! The module is one that was not optimized: each function of std's that a program calls is there under its own name. What nothing
//! reaches the linker has left out. So every function that is there counts, unless only the machinery of panics leads to it.

mod code;
mod family;
mod name;
mod place;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::PathBuf;

use self::code::Code;
use self::name::Name;
use self::place::Places;
use crate::plan::UnitPlan;
use crate::report::TargetReason;

/// How many functions a path is told with.
const LONGEST_PATH: usize = 32;

/// What a module that was built of a unit for wasm32-unknown-unknown needs and lacks. `local` are the crates whose source is on this
/// machine.
pub(super) fn lacking(module: &[u8], unit: &UnitPlan, local: &BTreeSet<String>) -> Vec<TargetReason> {
    let cannot_tell =
        |what: &str| vec![TargetReason { lacks: "names".to_owned(), what: what.to_owned(), ..TargetReason::default() }];
    match Code::read(module) {
        Err(error) => cannot_tell(&format!("what it reaches can't be told, since its code can't be read: {error}")),
        Ok(code) if code.names.is_empty() => cannot_tell(
            "what it reaches can't be told, since its functions have no names; `strip` in the profile takes them",
        ),
        Ok(code) => Search { code: &code, places: Places::read(module), unit, local }.reasons(),
    }
}

struct Search<'a> {
    code: &'a Code,
    places: Places<'a>,
    unit: &'a UnitPlan,
    local: &'a BTreeSet<String>,
}

impl Search<'_> {
    /// Goes from the exports and tables along the calls, the shortest way first.
    fn reasons(&self) -> Vec<TargetReason> {
        let foreign: BTreeMap<u32, &str> = self
            .code
            .foreign
            .iter()
            .filter_map(|(function, module, _)| Some(((*function)?, module.as_str())))
            .collect();
        let mut reasons: BTreeMap<(String, String), TargetReason> = BTreeMap::new();
        let mut caller: BTreeMap<u32, Option<(u32, u64)>> = BTreeMap::new();
        let mut ahead = VecDeque::new();
        for function in self.code.entries.iter().chain(&self.code.referenced) {
            if caller.insert(*function, None).is_none() {
                ahead.push_back(*function);
            }
        }
        while let Some(function) = ahead.pop_front() {
            if let Some(module) = foreign.get(&function) {
                reasons.entry(("import".to_owned(), (*module).to_owned())).or_insert_with(|| TargetReason {
                    lacks: "import".to_owned(),
                    what: (*module).to_owned(),
                    instead: Some(of_import(module).to_owned()),
                    ..self.told(function, &caller)
                });
                continue;
            }
            let name = self.code.names.get(&function);
            if name.is_some_and(family::is_machinery) {
                continue;
            }
            if let Some(name) = name
                && let Some(family) = family::of(name)
            {
                let what = family::public(name);
                let reason = TargetReason {
                    lacks: family.lacks.to_owned(),
                    what: what.clone(),
                    instead: Some(family.instead.to_owned()),
                    ..self.told(function, &caller)
                };
                let known = reasons.entry((family.lacks.to_owned(), what)).or_insert_with(|| reason.clone());
                // What is in a table, such as the start value of a thread's own variable, is called by nobody in sight.
                if known.by.is_none() {
                    *known = reason;
                }
                continue;
            }
            for (callee, at) in self.code.calls.get(&function).into_iter().flatten() {
                if !caller.contains_key(callee) {
                    caller.insert(*callee, Some((function, *at)));
                    ahead.push_back(*callee);
                }
            }
        }
        // What is no function is called by nobody.
        for (_, module, _) in &self.code.foreign {
            reasons.entry(("import".to_owned(), module.clone())).or_insert_with(|| TargetReason {
                lacks: "import".to_owned(),
                what: module.clone(),
                instead: Some(of_import(module).to_owned()),
                ..TargetReason::default()
            });
        }
        reasons.into_values().collect()
    }

    /// Who leads to a function: the way there, and on it the last that is not the language's own, and the last that is the package's.
    fn told(&self, function: u32, caller: &BTreeMap<u32, Option<(u32, u64)>>) -> TargetReason {
        let mut way: Vec<(u32, u64)> = Vec::new();
        let mut current = function;
        while let Some((from, at)) = caller.get(&current).copied().flatten() {
            way.push((from, at));
            current = from;
        }
        let named = way.iter().filter_map(|(from, at)| Some((self.code.names.get(from)?, *at)));
        let others: Vec<(&Name, u64)> = named.filter(|(name, _)| !name.is_of_the_language()).collect();
        let by = others.first();
        let own = others.iter().find(|(name, _)| self.is_own(name));
        let mut path: Vec<String> = Vec::new();
        let end = self.code.names.get(&function).map(family::public);
        for step in end.into_iter().chain(others.iter().map(|(name, _)| name.in_words())).take(LONGEST_PATH) {
            if path.last() != Some(&step) {
                path.push(step);
            }
        }
        path.reverse();
        TargetReason {
            by: by.map(|(name, _)| name.in_words()),
            by_crate: by.map(|(name, _)| name.crate_name().to_owned()),
            from: own.filter(|own| Some(*own) != by).map(|(name, _)| name.in_words()),
            at: own.and_then(|(_, at)| self.place(*at)),
            path,
            ..TargetReason::default()
        }
    }

    /// Whether a function is the user's: of this package, or of another whose source is here.
    fn is_own(&self, name: &Name) -> bool {
        let of = name.crate_name();
        of == self.unit.crate_name.replace('-', "_") || (self.local.contains(of) && !of.starts_with("mik_"))
    }

    /// File and line; the file as it is called from the package's directory.
    fn place(&self, offset: u64) -> Option<String> {
        let (file, line) = self.places.of(offset)?;
        let directory = directory(&self.unit.package_id);
        let file = PathBuf::from(file);
        let shown = directory.as_ref().and_then(|directory| file.strip_prefix(directory).ok()).unwrap_or(&file);
        Some(format!("{}:{line}", shown.display()))
    }
}

/// The directory of a package whose source is here, as its ID says it: `path+file:///work/shop#0.1.0`.
fn directory(package_id: &str) -> Option<PathBuf> {
    let url = url::Url::parse(package_id.strip_prefix("path+")?).ok()?;
    url.to_file_path().ok()
}

/// What to do about an import that no component has.
fn of_import(module: &str) -> &'static str {
    if module.starts_with("__wbindgen") {
        "no WASI host has a browser's functions: turn off the crate's feature `js`, `wasmbind` or `wasm-bindgen`"
    } else if module == "wasi_snapshot_preview1" {
        "it is WASI's preview 1, for which `build.target = \"wasm32-wasip1\"` has an adapter"
    } else {
        "no WASI host has such functions: they are C's, or another host's"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Freshness, Reason};
    use crate::project::UnitKind;

    fn unit() -> UnitPlan {
        UnitPlan {
            package: "shop".to_owned(),
            package_id: "path+file:///work/shop#0.1.0".to_owned(),
            name: "shop".to_owned(),
            crate_name: "shop".to_owned(),
            kind: UnitKind::Lib,
            freshness: Freshness::Stale(Reason::Wanted),
            settings: String::new(),
        }
    }

    fn found(text: &str) -> Vec<TargetReason> {
        lacking(&wat::parse_str(text).unwrap(), &unit(), &BTreeSet::from(["shop".to_owned()]))
    }

    #[test]
    fn the_shortest_way_is_told_from_the_own_function_by_way_of_the_crate_that_calls() {
        let reasons = found(
            r#"(module
                (func $std::time::SystemTime::now)
                (func $"chrono::Utc::now" (call $std::time::SystemTime::now))
                (func $"core::ops::function::FnOnce::call_once" (call $"chrono::Utc::now"))
                (func $"shop::price::{{closure}}" (call $"core::ops::function::FnOnce::call_once"))
                (func (export "handle") (call $"shop::price::{{closure}}")))"#,
        );
        let [reason] = reasons.as_slice() else { panic!("{reasons:#?}") };
        assert_eq!((reason.lacks.as_str(), reason.what.as_str()), ("time", "std::time::SystemTime::now"));
        assert_eq!(reason.path, ["shop::price", "chrono::Utc::now", "std::time::SystemTime::now"]);
        assert!(reason.in_words().starts_with(
            "`std::time::SystemTime::now` is reached by `chrono::Utc::now` of crate `chrono`, which `shop::price` calls"
        ));
    }

    #[test]
    fn what_tables_and_globals_hold_is_reached_and_what_only_a_panic_needs_is_not() {
        let module = |rest: &str| {
            format!(
                r#"(module (table 1 funcref)
                    (func $std::env::var_os)
                    (func $std::panicking::panic_with_hook (call $std::env::var_os))
                    (func $"shop::late" (call $std::env::var_os))
                    (func (export "handle") (call $std::panicking::panic_with_hook)) {rest})"#
            )
        };
        assert_eq!(found(&module("")), []);
        for rest in [
            r#"(elem (i32.const 0) func $"shop::late")"#,
            r#"(elem (i32.const 0) funcref (ref.func $"shop::late"))"#,
            r#"(global funcref (ref.func $"shop::late"))"#,
        ] {
            let reasons = found(&module(rest));
            assert_eq!(reasons.first().and_then(|reason| reason.by.as_deref()), Some("shop::late"), "{rest}");
        }
    }

    #[test]
    fn who_calls_is_told_even_where_a_table_leads_to_the_same() {
        let reasons = found(
            r#"(module (table 1 funcref) (elem (i32.const 0) func $std::hash::random::RandomState::new::KEYS)
                (func $std::hash::random::RandomState::new::KEYS)
                (func $std::hash::random::RandomState::new)
                (func $shop::map (export "handle") (call $std::hash::random::RandomState::new)))"#,
        );
        let told: Vec<_> = reasons.iter().map(|reason| (reason.what.as_str(), reason.by.as_deref())).collect();
        assert_eq!(told, [("std::hash::RandomState", Some("shop::map"))]);
    }

    #[test]
    fn imports_that_no_component_has_are_told_once_a_module_even_where_nothing_is_called() {
        let reasons = found(
            r#"(module (import "wasi:random/random@0.2.0" "get-random-u64" (func (result i64)))
                (import "env" "one" (func $one)) (import "env" "two" (func $two)) (import "env" "memory" (memory 1))
                (import "other" "global" (global i32))
                (func $"sys::call" (call $two) (call $one)) (func (export "handle") (call $"sys::call")))"#,
        );
        let told: Vec<_> = reasons.iter().map(|reason| (reason.what.as_str(), reason.by.as_deref())).collect();
        assert_eq!(told, [("env", Some("sys::call")), ("other", None)]);
    }

    #[test]
    fn what_can_not_be_told_is_a_reason() {
        assert_eq!(
            found("(module (func (export \"handle\")))").first().map(|reason| reason.lacks.as_str()),
            Some("names")
        );
        let damaged = lacking(b"\0asm\x01\0\0\0\x0a\xff", &unit(), &BTreeSet::new());
        assert_eq!(damaged.first().map(|reason| reason.lacks.as_str()), Some("names"));
    }
}
