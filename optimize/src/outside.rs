//! An optimizer of core modules that is none of the passes: what it is given, and what has to hold of what it gives back.
//!
//! It may be any program on any machine, so nothing that it makes is believed: a module is taken that the host accepts, that exports
//! what it did, and that imports nothing else. What it does inside can't be checked; that is what the tests of its makers are for.
//! Custom sections are not its business: it sees none but names, and those that were there are put back.
//!
//! Functions always have names for it, if only their numbers: by these it says which one of what it makes is which.

use std::collections::HashMap;

use wasm_encoder::{NameMap, NameSection, RawSection, Section};
use wasmparser::types::{CoreTypeId, EntityType, Types};
use wasmparser::{CompositeInnerType, Parser, Payload, ValType, Validator};

use crate::debug::{Positions, Symbols};
use crate::error::PassError;
use crate::origins::Made;
use crate::validate::FEATURES;

/// Optimizes core modules, outside of this crate.
pub trait Outside {
    /// What statistics call it.
    fn name(&self) -> &'static str;

    /// Whether a module, as it is before any pass, is to be given to it.
    fn wants(&self, module: &[u8]) -> bool;

    /// Makes something better of a valid core module, or nothing. All of its functions have names, which are to be kept.
    fn optimize(&self, module: &[u8]) -> Option<Rewritten>;

    /// Whether what it makes is taken though it has more bytes: that is so where it optimizes for speed.
    fn may_grow(&self) -> bool;
}

/// What an outside optimizer has made of a module.
#[derive(Clone, Debug, Default)]
pub struct Rewritten {
    /// The module.
    pub bytes: Vec<u8>,
    /// Where its instructions come from: for those that are known their position in `bytes`, and that of the instruction in the
    /// module that was given.
    pub positions: Vec<(u32, u32)>,
}

/// Why what an outside optimizer has made is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// It is no core module that the host accepts.
    #[error("what it wrote is no valid core module: {0}")]
    Invalid(String),
    /// It exports other things, or the same in another order or with other types.
    #[error("the exports of what it wrote are not those that it was given")]
    Exports,
    /// It imports something that was not imported before.
    #[error("what it wrote imports what it was not given, `{0}`")]
    Imports(String),
}

/// What an outside optimizer makes of a module, if that is to be taken.
pub(crate) fn run(outside: &dyn Outside, module: &[u8]) -> Result<Result<Option<Made>, Refused>, PassError> {
    let customs = Customs::of(module)?;
    let given = customs.taken_out(module)?;
    let names = names_of(&given)?;
    let before = match Interface::of(&given) {
        Ok(Some(interface)) => interface,
        Ok(None) => return Ok(Ok(None)),
        Err(refused) => return Ok(Err(refused)),
    };
    let Some(Rewritten { bytes, positions }) = outside.optimize(&given) else { return Ok(Ok(None)) };
    if let Err(refused) = Interface::of(&bytes).and_then(|after| before.compare_to(after)) {
        return Ok(Err(refused));
    }
    if !outside.may_grow() && weight(&bytes) >= weight(&given) {
        return Ok(Ok(None));
    }
    let functions = which(&names, &bytes)?;
    let Made { bytes, code } = Made::by_positions(&given, bytes, &positions, &functions)?;
    Ok(Ok(Some(Made { bytes: customs.put_back(&bytes)?, code })))
}

/// The bytes that are not in custom sections: names are no reason to take something or not.
fn weight(module: &[u8]) -> u64 {
    let sections = Parser::new(0).parse_all(module).map_while(Result::ok).filter_map(|it| it.as_section());
    sections.filter(|(id, _)| *id != 0).map(|(_, range)| range.end - range.start).sum()
}

/// The custom sections of a module but for names, which stay where they are.
struct Customs<'m> {
    /// Those before the first section that is none.
    first: Vec<&'m [u8]>,
    last: Vec<&'m [u8]>,
    has_names: bool,
}

impl<'m> Customs<'m> {
    fn of(module: &'m [u8]) -> Result<Self, PassError> {
        let mut customs = Self { first: Vec::new(), last: Vec::new(), has_names: false };
        let mut is_first = true;
        for payload in Parser::new(0).parse_all(module) {
            let payload = payload?;
            let Some((id, range)) = payload.as_section() else { continue };
            match &payload {
                Payload::CustomSection(section) if section.name() == "name" => customs.has_names = true,
                Payload::CustomSection(_) => {
                    let sections = if is_first { &mut customs.first } else { &mut customs.last };
                    sections.push(module.get(range.start as usize..range.end as usize).unwrap_or_default());
                }
                _ => is_first &= id == 0,
            }
        }
        Ok(customs)
    }

    /// A module without any but names: its own, or the numbers of its functions.
    fn taken_out(&self, module: &[u8]) -> Result<Vec<u8>, PassError> {
        let mut output = wasm_encoder::Module::HEADER.to_vec();
        self.copy(module, &mut output)?;
        if !self.has_names {
            let positions = Positions::of(module)?;
            let mut functions = NameMap::new();
            for function in (positions.imported..).take(positions.functions.len()) {
                functions.append(function, &function.to_string());
            }
            let mut names = NameSection::new();
            names.functions(&functions);
            names.append_to(&mut output);
        }
        Ok(output)
    }

    /// A module with these, and none of its own.
    fn put_back(&self, module: &[u8]) -> Result<Vec<u8>, PassError> {
        let mut output = wasm_encoder::Module::HEADER.to_vec();
        self.first.iter().for_each(|data| RawSection { id: 0, data }.append_to(&mut output));
        self.copy(module, &mut output)?;
        self.last.iter().for_each(|data| RawSection { id: 0, data }.append_to(&mut output));
        Ok(output)
    }

    fn copy(&self, module: &[u8], output: &mut Vec<u8>) -> Result<(), PassError> {
        for payload in Parser::new(0).parse_all(module) {
            let payload = payload?;
            let stays = match &payload {
                Payload::CustomSection(section) => section.name() == "name" && self.has_names,
                _ => true,
            };
            if let Some((id, range)) = payload.as_section().filter(|_| stays) {
                let data = module.get(range.start as usize..range.end as usize).unwrap_or_default();
                RawSection { id, data }.append_to(output);
            }
        }
        Ok(())
    }
}

/// The functions of a module by their names; nothing, where several have the same.
fn names_of(module: &[u8]) -> Result<HashMap<String, Option<u32>>, PassError> {
    let symbols = Symbols::of(module)?;
    let mut names = HashMap::new();
    for (function, name) in symbols.named() {
        names.entry(name.to_owned()).and_modify(|known| *known = None).or_insert(Some(function));
    }
    Ok(names)
}

/// For each defined function of what was made the one that it was, by its name. What Binaryen has taken out of a function, or
/// made of several, is called after it: `byn-split-outlined-A$name`.
fn which(names: &HashMap<String, Option<u32>>, made: &[u8]) -> Result<Vec<Option<u32>>, PassError> {
    let symbols = Symbols::of(made)?;
    let known = |name: &str| names.get(name).copied().flatten();
    let which = |function: u32| {
        let name = symbols.symbol(function)?;
        let after = || name.strip_prefix("byn")?.split_once('$').map(|(_, after)| after);
        known(name).or_else(|| known(after()?))
    };
    let positions = symbols.positions();
    Ok((positions.imported..).take(positions.functions.len()).map(which).collect())
}

/// What others see of a module, each type in words: equal ones are equal words.
#[derive(PartialEq, Eq)]
struct Interface {
    exports: Vec<(String, String)>,
    imports: Vec<(String, String, String)>,
}

impl Interface {
    /// That of a core module; nothing, where types in it are known by their numbers only, which another module has others for.
    fn of(module: &[u8]) -> Result<Option<Self>, Refused> {
        let types = Validator::new_with_features(FEATURES).validate_all(module);
        let types =
            types.map_err(|error| Refused::Invalid(error.to_string().lines().next().unwrap_or_default().to_owned()))?;
        let all = types.as_ref();
        let (Some(exports), Some(imports)) = (all.core_exports(), all.core_imports()) else {
            return Err(Refused::Invalid("it is a component".to_owned()));
        };
        let exports = exports.map(|(name, ty)| Some((name.to_owned(), in_words(&types, ty)?)));
        let imports =
            imports.map(|(module, name, ty)| Some((module.to_owned(), name.to_owned(), in_words(&types, ty)?)));
        let (exports, imports) = (exports.collect::<Option<_>>(), imports.collect::<Option<_>>());
        Ok(exports.zip(imports).map(|(exports, imports)| Self { exports, imports }))
    }

    /// Whether another module exports the same and imports nothing that this one does not.
    fn compare_to(self, after: Option<Self>) -> Result<(), Refused> {
        let Some(after) = after.filter(|after| after.exports == self.exports) else { return Err(Refused::Exports) };
        // Their order may be another: who instantiates a module goes by names.
        let mut there = self.imports;
        for import in after.imports {
            let Some(place) = there.iter().position(|it| *it == import) else {
                return Err(Refused::Imports(format!("{}.{}", import.0, import.1)));
            };
            there.swap_remove(place);
        }
        Ok(())
    }
}

fn in_words(types: &Types, ty: EntityType) -> Option<String> {
    let list = |values: &[ValType]| values.iter().map(value).collect::<Option<Vec<_>>>().map(|it| it.join(" "));
    let function = |id: CoreTypeId| match &types[id].composite_type.inner {
        CompositeInnerType::Func(ty) => Some(format!("[{}] -> [{}]", list(ty.params())?, list(ty.results())?)),
        _ => None,
    };
    Some(match ty {
        EntityType::Func(id) | EntityType::FuncExact(id) => format!("func {}", function(id)?),
        EntityType::Tag(id) => format!("tag {}", function(id)?),
        EntityType::Table(ty) => {
            let element = value(&ValType::Ref(ty.element_type))?;
            format!("table {element} {} {:?} {} {}", ty.initial, ty.maximum, ty.table64, ty.shared)
        }
        EntityType::Memory(ty) => format!("{ty:?}"),
        EntityType::Global(ty) => format!("global {} {} {}", value(&ty.content_type)?, ty.mutable, ty.shared),
    })
}

fn value(ty: &ValType) -> Option<String> {
    ty.as_reference_type().is_none_or(|ty| ty.type_index().is_none()).then(|| ty.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Names, Options, Origins, optimize_with};

    /// Gives what it is told to.
    struct Stub {
        gives: Option<Vec<u8>>,
        may_grow: bool,
    }

    impl Outside for Stub {
        fn name(&self) -> &'static str {
            "stub"
        }

        fn wants(&self, _: &[u8]) -> bool {
            true
        }

        fn optimize(&self, _: &[u8]) -> Option<Rewritten> {
            Some(Rewritten { bytes: self.gives.clone()?, positions: Vec::new() })
        }

        fn may_grow(&self) -> bool {
            self.may_grow
        }
    }

    const BEFORE: &str = "(module
        (@custom \"mine\" (before first) \"first\")
        (import \"env\" \"f\" (func $f (param i32)))
        (import \"env\" \"m\" (memory 1))
        (func $run (export \"run\") (param i32) local.get 0 i32.const 2 i32.mul i32.const 3 i32.add call $f)
        (@custom \"mine\" \"last\"))";

    fn parse(text: &str) -> Vec<u8> {
        wat::parse_str(text).unwrap()
    }

    /// Without the import that nobody uses, and with more code.
    fn larger() -> String {
        let more = "call $f i32.const 9 local.get 0 i32.div_s call $f)";
        BEFORE.replace("(import \"env\" \"m\" (memory 1))", "").replace("call $f)", more)
    }

    /// What comes of a module, with a stub that gives another one.
    fn with(gives: &[u8], may_grow: bool, names: Names) -> crate::Optimized {
        let stub = Stub { gives: Some(gives.to_vec()), may_grow };
        let options = Options { names, ..Options::default() };
        optimize_with(&parse(BEFORE), &options, &Origins::default(), Some(&stub)).unwrap()
    }

    fn refused(gives: &[u8]) -> Option<Refused> {
        let stub = with(gives, false, Names::Strip);
        let without = crate::optimize(&parse(BEFORE), &Options::default()).unwrap();
        assert_eq!(stub.bytes, without.bytes, "it is as if there were no such optimizer");
        stub.refused.into_iter().next()
    }

    #[test]
    fn what_is_smaller_and_looks_the_same_is_taken_and_custom_sections_stay() {
        let smaller = "(module (import \"env\" \"f\" (func $f (param i32))) (@producers (processed-by \"stub\" \"1\"))
            (func (export \"run\") (param i32) local.get 0 call $f) (@custom \"theirs\" \"no\"))";
        let made = with(&parse(smaller), false, Names::Strip);
        assert_eq!(made.refused, []);
        assert!(made.statistics.iter().any(|it| it.pass == "stub"));
        let text = wasmprinter::print_bytes(&made.bytes).unwrap();
        assert!(!text.contains("i32.mul") && !text.contains("theirs") && !text.contains("producers"), "{text}");
        let customs: Vec<_> = ["\"first\"", "(func", "\"last\""].map(|it| text.find(it)).into();
        assert!(customs.is_sorted() && customs.iter().all(Option::is_some), "{text}");
    }

    #[test]
    fn functions_are_known_by_their_numbers_or_names_again() {
        let given = parse("(module (func $a) (func $b) (func $a.1))");
        let made = parse("(module (func $b) (func $byn-split-outlined-A$a) (func $new) (func $byn$a.1))");
        assert_eq!(which(&names_of(&given).unwrap(), &made).unwrap(), [Some(1), Some(0), None, Some(2)]);
        let unnamed = parse("(module (import \"env\" \"f\" (func)) (func nop) (func nop))");
        let given = Customs::of(&unnamed).unwrap().taken_out(&unnamed).unwrap();
        let made = parse("(module (func $\"2\"))");
        assert_eq!(which(&names_of(&given).unwrap(), &made).unwrap(), [Some(2)]);
        assert_eq!(Customs::of(&unnamed).unwrap().put_back(&given).unwrap(), unnamed);
    }

    #[test]
    fn what_is_larger_is_taken_for_speed_only() {
        let larger = parse(&larger());
        assert!(with(&larger, false, Names::Strip).statistics.iter().all(|it| it.pass != "stub"));
        let made = with(&larger, true, Names::Strip);
        assert!(wasmprinter::print_bytes(&made.bytes).unwrap().contains("i32.div_s"));
    }

    #[test]
    fn inside_a_component_it_has_every_module_and_may_make_it_larger() {
        let component =
            format!("(component (core module $m {}) (core module) ", &BEFORE["(module".len()..BEFORE.len() - 1]);
        let component = format!(
            "{component} (core module $e (func (export \"f\") (param i32)) (memory (export \"m\") 1))
             (core instance $e (instantiate $e)) (core instance $i (instantiate $m (with \"env\" (instance $e))))
             (func (export \"run\") (param \"a\" s32) (canon lift (core func $i \"run\"))))"
        );
        let stub = Stub { gives: Some(parse(&larger())), may_grow: true };
        let component = wat::parse_str(component).unwrap();
        let made = optimize_with(&component, &Options::default(), &Origins::default(), Some(&stub)).unwrap();
        assert!(wasmprinter::print_bytes(&made.bytes).unwrap().contains("i32.div_s"));
        // It gave the same for the other modules, which are others.
        assert_eq!(made.refused, [Refused::Exports, Refused::Exports]);
    }

    #[test]
    fn what_is_something_else_is_refused() {
        let of = |text: &str| refused(&parse(text));
        assert!(matches!(refused(b""), Some(Refused::Invalid(_))));
        assert!(matches!(refused(b"\0asm\x01\0\0\0garbage"), Some(Refused::Invalid(_))));
        assert!(matches!(of("(component)"), Some(Refused::Invalid(_))));
        assert_eq!(of("(module)"), Some(Refused::Exports));
        assert_eq!(of("(module (func (export \"run\") (param i64)))"), Some(Refused::Exports));
        assert_eq!(of("(module (func (export \"run\") (param i32)) (func (export \"more\")))"), Some(Refused::Exports));
        let import = "(module (import \"env\" \"g\" (func)) (func (export \"run\") (param i32)))";
        assert_eq!(of(import), Some(Refused::Imports("env.g".to_owned())));
        let type_changed = "(module (import \"env\" \"f\" (func)) (func (export \"run\") (param i32)))";
        assert_eq!(of(type_changed), Some(Refused::Imports("env.f".to_owned())));
        let memory_changed = "(module (import \"env\" \"m\" (memory 2)) (func (export \"run\") (param i32)))";
        assert_eq!(of(memory_changed), Some(Refused::Imports("env.m".to_owned())));
    }

    #[test]
    fn types_that_are_known_by_number_only_are_not_given_to_it() {
        let text = "(module (type $t (func)) (func (export \"run\") (param (ref null $t))))";
        let stub = Stub { gives: Some(parse("(module)")), may_grow: true };
        let made = optimize_with(&parse(text), &Options::default(), &Origins::default(), Some(&stub)).unwrap();
        assert_eq!(made.refused, []);
        assert!(wasmprinter::print_bytes(&made.bytes).unwrap().contains("\"run\""));
    }
}
