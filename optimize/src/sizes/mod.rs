//! What is in a component, byte by byte: each byte of it is counted once, in a function, a data segment, another section of a
//! core module, or a section of a component.

mod crates;

use std::collections::BTreeMap;

use wasmparser::{Chunk, DataKind, KnownCustom, Name, Parser, Payload, TypeRef};

use crate::error::Error;
use crate::symbol::readable;
use crate::validate::bounded;

pub use self::crates::crate_of;

/// What is in a component, or in a core module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sizes {
    /// All of it, in bytes.
    pub total: usize,
    /// The core modules, however deep they are nested.
    pub modules: Vec<ModuleSizes>,
    /// The sections of the components around them, by what they hold.
    pub sections: BTreeMap<String, usize>,
}

/// What is in a core module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModuleSizes {
    /// Where it is: its place and that of each component around it among its likes, outermost first.
    pub path: Vec<u32>,
    /// Its own name, where it has one.
    pub name: Option<String>,
    /// All of it, in bytes.
    pub total: usize,
    /// Its functions, in their order.
    pub functions: Vec<FunctionSize>,
    /// Its data segments, in their order.
    pub data: Vec<DataSize>,
    /// Its other sections, by what they hold.
    pub sections: BTreeMap<String, usize>,
}

/// How large a function is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionSize {
    /// Its index; imported functions come first, and have no size.
    pub index: u32,
    /// Its name as it is read, without the compiler's hash.
    pub name: Option<String>,
    /// Its bytes in the code section.
    pub bytes: usize,
}

/// How large a data segment is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataSize {
    /// Its name, such as `.rodata`.
    pub name: Option<String>,
    /// Its bytes in the data section.
    pub bytes: usize,
}

impl Sizes {
    /// Counts what is in a component or a core module. Code is not looked into.
    ///
    /// # Errors
    /// The input is cut short, or no WebAssembly at all.
    pub fn of(bytes: &[u8]) -> Result<Self, Error> {
        bounded(bytes)?;
        let mut sizes = Self { total: bytes.len(), ..Self::default() };
        sizes.walk(bytes, &mut Vec::new()).map_err(Error::InvalidInput)?;
        Ok(sizes)
    }

    /// Bytes of code and data by crate: the crate that a function is written in, whatever it is made for. What has no name
    /// that says it, and what is no code, is in brackets.
    pub fn by_crate(&self) -> BTreeMap<String, usize> {
        let mut crates: BTreeMap<String, usize> = BTreeMap::new();
        let mut add = |name: &str, bytes: usize| *crates.entry(name.to_owned()).or_default() += bytes;
        for module in &self.modules {
            for function in &module.functions {
                add(function.name.as_deref().map_or("[unnamed]", crate_of), function.bytes);
            }
            module.data.iter().for_each(|data| add("[data]", data.bytes));
            module.sections.values().for_each(|bytes| add("[other sections]", *bytes));
        }
        self.sections.values().for_each(|bytes| add("[component]", *bytes));
        crates
    }

    /// Takes the names of another component that has the same code, function by function, such as this one before its names
    /// were taken out. A module whose code is another stays without names.
    pub fn name_from(&mut self, named: &Self) {
        let code = |module: &ModuleSizes| module.functions.iter().map(|function| function.bytes).collect::<Vec<_>>();
        for (module, named) in self.modules.iter_mut().zip(&named.modules) {
            if code(module) != code(named) {
                continue;
            }
            module.name = module.name.take().or_else(|| named.name.clone());
            for (function, named) in module.functions.iter_mut().zip(&named.functions) {
                function.name = function.name.take().or_else(|| named.name.clone());
            }
        }
    }

    fn walk(&mut self, bytes: &[u8], path: &mut Vec<u32>) -> Result<(), wasmparser::Error> {
        if !Parser::is_component(bytes) {
            let module = module(bytes, path.clone())?;
            self.modules.push(module);
            return Ok(());
        }
        let mut parser = Parser::new(0);
        let mut rest = bytes;
        let mut number = 0;
        while !rest.is_empty() {
            let Chunk::Parsed { consumed, payload } = parser.parse(rest, true)? else { break };
            rest = rest.get(consumed..).unwrap_or_default();
            let kind = match &payload {
                Payload::ModuleSection { unchecked_range, .. } | Payload::ComponentSection { unchecked_range, .. } => {
                    let length = (unchecked_range.end - unchecked_range.start) as usize;
                    let (nested, after) = rest.split_at(length.min(rest.len()));
                    rest = after;
                    path.push(number);
                    number += 1;
                    self.walk(nested, path)?;
                    path.pop();
                    "headers".to_owned()
                }
                Payload::Version { .. } | Payload::End(_) => "headers".to_owned(),
                Payload::InstanceSection(_) => "core instances".to_owned(),
                Payload::CoreTypeSection(_) => "core types".to_owned(),
                Payload::ComponentInstanceSection(_) => "instances".to_owned(),
                Payload::ComponentAliasSection(_) => "aliases".to_owned(),
                Payload::ComponentTypeSection(_) => "types".to_owned(),
                Payload::ComponentCanonicalSection(_) => "canonical functions".to_owned(),
                Payload::ComponentImportSection(_) => "imports".to_owned(),
                Payload::ComponentExportSection(_) => "exports".to_owned(),
                Payload::CustomSection(section) => format!("custom `{}`", section.name()),
                _ => "others".to_owned(),
            };
            *self.sections.entry(kind).or_default() += consumed;
        }
        Ok(())
    }
}

fn module(bytes: &[u8], path: Vec<u32>) -> Result<ModuleSizes, wasmparser::Error> {
    let mut sizes = ModuleSizes { path, total: bytes.len(), ..ModuleSizes::default() };
    let mut parser = Parser::new(0);
    let mut rest = bytes;
    let mut next = 0;
    while !rest.is_empty() {
        let Chunk::Parsed { consumed, payload } = parser.parse(rest, true)? else { break };
        rest = rest.get(consumed..).unwrap_or_default();
        let mut own = consumed;
        let kind = match payload {
            Payload::Version { .. } | Payload::End(_) => "headers".to_owned(),
            Payload::TypeSection(_) => "types".to_owned(),
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    next += u32::from(matches!(import?.ty, TypeRef::Func(_) | TypeRef::FuncExact(_)));
                }
                "imports".to_owned()
            }
            Payload::FunctionSection(_) => "functions".to_owned(),
            Payload::TableSection(_) => "tables".to_owned(),
            Payload::MemorySection(_) => "memories".to_owned(),
            Payload::TagSection(_) => "tags".to_owned(),
            Payload::GlobalSection(_) => "globals".to_owned(),
            Payload::ExportSection(_) => "exports".to_owned(),
            Payload::StartSection { .. } | Payload::DataCountSection { .. } | Payload::CodeSectionStart { .. } => {
                "headers".to_owned()
            }
            Payload::ElementSection(_) => "elements".to_owned(),
            Payload::CodeSectionEntry(_) => {
                sizes.functions.push(FunctionSize { index: next, name: None, bytes: consumed });
                next += 1;
                continue;
            }
            Payload::DataSection(section) => {
                for data in section {
                    let data = data?;
                    let bytes = (data.range.end - data.range.start) as usize;
                    let name = matches!(data.kind, DataKind::Passive).then(|| "passive".to_owned());
                    sizes.data.push(DataSize { name, bytes });
                    own = own.saturating_sub(bytes);
                }
                "headers".to_owned()
            }
            Payload::CustomSection(section) => {
                if let KnownCustom::Name(names) = section.as_known() {
                    // What can't be read names nothing: the section is not what a module means.
                    names.into_iter().map_while(Result::ok).for_each(|name| sizes.read(name));
                }
                format!("custom `{}`", section.name())
            }
            _ => "others".to_owned(),
        };
        *sizes.sections.entry(kind).or_default() += own;
    }
    Ok(sizes)
}

impl ModuleSizes {
    /// Takes names from a `name` section. It comes after what it names.
    fn read(&mut self, name: Name<'_>) {
        match name {
            Name::Module { name, .. } => self.name = Some(name.to_owned()),
            Name::Function(names) => {
                let first = self.functions.first().map_or(0, |function| function.index);
                for naming in names.into_iter().map_while(Result::ok) {
                    let place = naming.index.checked_sub(first);
                    if let Some(function) = place.and_then(|place| self.functions.get_mut(place as usize)) {
                        function.name = Some(readable(naming.name));
                    }
                }
            }
            Name::Data(names) => {
                for naming in names.into_iter().map_while(Result::ok) {
                    if let Some(data) = self.data.get_mut(naming.index as usize) {
                        data.name = Some(naming.name.to_owned());
                    }
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that can't go on fails")]

    use super::*;

    const TEXT: &str = r#"(component
        (import "host" (func $host))
        (core module $inner
            (import "" "a" (func))
            (memory 1)
            (data $words (i32.const 0) "hello")
            (func $_ZN9mik_thing4work17h0123456789abcdefE unreachable)
            (func $memcpy unreachable unreachable))
        (component (core module (func unreachable)))
        (@custom "mine" "12345"))"#;

    #[test]
    fn each_byte_is_counted_once() {
        let bytes = wat::parse_str(TEXT).unwrap();
        let sizes = Sizes::of(&bytes).unwrap();
        let modules: usize = sizes.modules.iter().map(|module| module.total).sum();
        assert_eq!(sizes.total, bytes.len());
        assert_eq!(sizes.total, modules + sizes.sections.values().sum::<usize>());
        for module in &sizes.modules {
            let functions: usize = module.functions.iter().map(|function| function.bytes).sum();
            let data: usize = module.data.iter().map(|data| data.bytes).sum();
            assert_eq!(module.total, functions + data + module.sections.values().sum::<usize>(), "{module:?}");
        }
        assert_eq!(sizes.total, sizes.by_crate().values().sum::<usize>());
    }

    #[test]
    fn what_has_a_name_is_called_by_it() {
        let sizes = Sizes::of(&wat::parse_str(TEXT).unwrap()).unwrap();
        let paths: Vec<_> = sizes.modules.iter().map(|module| module.path.clone()).collect();
        assert_eq!(paths, [vec![0], vec![1, 0]]);
        let [inner, deep] = sizes.modules.as_slice() else { panic!("{sizes:?}") };
        assert_eq!(inner.name.as_deref(), Some("inner"));
        let functions: Vec<_> = inner.functions.iter().map(|it| (it.index, it.name.as_deref())).collect();
        assert_eq!(functions, [(1, Some("mik_thing::work")), (2, Some("memcpy"))]);
        assert_eq!(inner.data[0].name.as_deref(), Some("words"));
        assert_eq!(deep.functions[0].name, None);
        assert!(sizes.sections.contains_key("custom `mine`"), "{sizes:?}");
        let crates = sizes.by_crate();
        assert_eq!(crates["mik_thing"], 4, "{crates:?}");
        assert_eq!(crates["[C and linker]"], 5, "{crates:?}");
    }

    #[test]
    fn what_is_cut_short_is_an_error() {
        let bytes = wat::parse_str(TEXT).unwrap();
        for end in 1..bytes.len() {
            if let Ok(sizes) = Sizes::of(&bytes[..end]) {
                assert_eq!(sizes.total, end, "cut where a section ends, a component is whole");
            }
        }
    }
}
