//! A core module taken apart: one list per index space. Passes change the lists; [`Module::encode`] puts them back.

mod calls;
mod encode;
mod renumbering;
mod signatures;
mod walker;

use std::borrow::Cow;

use wasmparser::{
    BinaryReader, Data, Element, Export, FunctionBody, Global, Import, MemoryType, Parser, Payload, RecGroup, Table,
    TagType, TypeRef,
};

pub(crate) use self::calls::Calls;
pub(crate) use self::encode::Counts;
pub(crate) use self::renumbering::{Renumbering, Space};
pub(crate) use self::signatures::Signatures;
pub(crate) use self::walker::{Item, Noted, Same, Visit, Walker};
use crate::error::PassError;

/// A core module. Indices are those of the module it was parsed from until it is encoded.
pub(crate) struct Module<'a> {
    pub(crate) types: Vec<RecGroup>,
    pub(crate) imports: Vec<Import<'a>>,
    pub(crate) functions: Vec<Function<'a>>,
    pub(crate) tables: Vec<Table<'a>>,
    pub(crate) memories: Vec<MemoryType>,
    pub(crate) tags: Vec<TagType>,
    pub(crate) globals: Vec<Global<'a>>,
    pub(crate) exports: Vec<Export<'a>>,
    pub(crate) start: Option<u32>,
    pub(crate) elements: Vec<Element<'a>>,
    /// Functions that `ref.func` names and nothing else in the module declares; written as a segment of their own.
    pub(crate) declared: Vec<u32>,
    pub(crate) data: Vec<Segment<'a>>,
    /// Whether the number of data segments stands before the code: else no instruction names one.
    pub(crate) has_data_count: bool,
    pub(crate) customs: Vec<Custom<'a>>,
    imported_functions: u32,
    imported_memories: u32,
    imported_tables: u32,
}

/// A function that is defined, not imported.
pub(crate) struct Function<'a> {
    pub(crate) type_index: u32,
    /// Locals and instructions, as in the code section, without their size.
    body: Cow<'a, [u8]>,
    /// For each instruction the number that it had when the module was parsed; nothing, where all are as they were.
    operators: Option<Vec<u32>>,
}

/// A data segment.
#[derive(Clone)]
pub(crate) struct Segment<'a> {
    pub(crate) kind: SegmentKind<'a>,
    pub(crate) bytes: Cow<'a, [u8]>,
}

/// Where a data segment goes.
#[derive(Clone)]
pub(crate) enum SegmentKind<'a> {
    Passive,
    Active {
        memory: u32,
        offset: wasmparser::ConstExpr<'a>,
    },
    /// At an offset that a pass has worked out, in a memory with addresses of 32 or of 64 bits.
    At {
        memory: u32,
        address: u64,
        wide: bool,
    },
}

/// A custom section and where it stood.
pub(crate) struct Custom<'a> {
    pub(crate) name: &'a str,
    pub(crate) data: &'a [u8],
    pub(crate) section: wasmparser::CustomSectionReader<'a>,
    /// The section before it, as its place in the order of a module.
    pub(crate) after: u8,
}

/// The place of each section in a module: not that of their numbers, because tags and the data count came later.
pub(crate) const ORDER: [u8; 13] = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11];

fn place(id: u8) -> u8 {
    ORDER.iter().position(|other| *other == id).map_or(0, |place| place as u8 + 1)
}

impl<'a> Module<'a> {
    /// Takes a valid module apart.
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, PassError> {
        let mut module = Self {
            types: Vec::new(),
            imports: Vec::new(),
            functions: Vec::new(),
            tables: Vec::new(),
            memories: Vec::new(),
            tags: Vec::new(),
            globals: Vec::new(),
            exports: Vec::new(),
            start: None,
            elements: Vec::new(),
            declared: Vec::new(),
            data: Vec::new(),
            has_data_count: false,
            customs: Vec::new(),
            imported_functions: 0,
            imported_memories: 0,
            imported_tables: 0,
        };
        let mut bodies = Vec::new();
        let mut last = 0;
        for payload in Parser::new(0).parse_all(bytes) {
            let payload = payload?;
            if let Some((id, _)) = payload.as_section()
                && id != 0
            {
                last = place(id);
            }
            match payload {
                Payload::TypeSection(section) => module.types = section.into_iter().collect::<Result<_, _>>()?,
                Payload::ImportSection(section) => module.imports = section.into_imports().collect::<Result<_, _>>()?,
                Payload::FunctionSection(section) => {
                    for type_index in section {
                        module.functions.push(Function::new(type_index?));
                    }
                }
                Payload::TableSection(section) => module.tables = section.into_iter().collect::<Result<_, _>>()?,
                Payload::MemorySection(section) => module.memories = section.into_iter().collect::<Result<_, _>>()?,
                Payload::TagSection(section) => module.tags = section.into_iter().collect::<Result<_, _>>()?,
                Payload::GlobalSection(section) => module.globals = section.into_iter().collect::<Result<_, _>>()?,
                Payload::ExportSection(section) => module.exports = section.into_iter().collect::<Result<_, _>>()?,
                Payload::StartSection { func, .. } => module.start = Some(func),
                Payload::ElementSection(section) => module.elements = section.into_iter().collect::<Result<_, _>>()?,
                Payload::DataCountSection { .. } => module.has_data_count = true,
                Payload::DataSection(section) => {
                    for data in section {
                        let Data { kind, data, .. } = data?;
                        let kind = match kind {
                            wasmparser::DataKind::Passive => SegmentKind::Passive,
                            wasmparser::DataKind::Active { memory_index, offset_expr } => {
                                SegmentKind::Active { memory: memory_index, offset: offset_expr }
                            }
                        };
                        module.data.push(Segment { kind, bytes: Cow::Borrowed(data) });
                    }
                }
                Payload::CodeSectionEntry(body) => bodies.push(body.as_bytes()),
                Payload::CustomSection(section) => {
                    module.customs.push(Custom { name: section.name(), data: section.data(), section, after: last })
                }
                _ => {}
            }
        }
        for (function, body) in module.functions.iter_mut().zip(bodies) {
            function.body = Cow::Borrowed(body);
        }
        // Asked for each item of a module, while there may be as many imports.
        module.imported_functions = module.imported(is_function);
        module.imported_memories = module.imported(|ty| matches!(ty, TypeRef::Memory(_)));
        module.imported_tables = module.imported(|ty| matches!(ty, TypeRef::Table(_)));
        Ok(module)
    }

    /// Whether it is an object file, for a linker: its sections know each other by positions that no pass keeps.
    pub(crate) fn is_object(&self) -> bool {
        self.customs.iter().any(|custom| custom.name == "linking" || custom.name.starts_with("reloc."))
    }

    pub(crate) fn imported(&self, wanted: impl Fn(&TypeRef) -> bool) -> u32 {
        self.imports.iter().filter(|import| wanted(&import.ty)).count() as u32
    }

    pub(crate) fn imported_functions(&self) -> u32 {
        self.imported_functions
    }

    pub(crate) fn imported_memories(&self) -> u32 {
        self.imported_memories
    }

    pub(crate) fn imported_tables(&self) -> u32 {
        self.imported_tables
    }
}

pub(crate) fn is_function(ty: &TypeRef) -> bool {
    matches!(ty, TypeRef::Func(_) | TypeRef::FuncExact(_))
}

impl<'a> Function<'a> {
    fn new(type_index: u32) -> Self {
        Self { type_index, body: Cow::Borrowed(&[]), operators: None }
    }

    /// Locals and instructions, as in the code section, without their size.
    pub(crate) fn body(&self) -> &[u8] {
        &self.body
    }

    /// Gives the function other code: for each of its instructions, `end` included, the number of the one that it was, or that it
    /// stands for, in the code as the module was parsed.
    pub(crate) fn rewrite(&mut self, body: impl Into<Cow<'a, [u8]>>, operators: Vec<u32>) {
        self.body = body.into();
        self.operators = Some(operators);
    }

    /// The body as wasmparser reads it.
    pub(crate) fn parsed(&self) -> FunctionBody<'_> {
        FunctionBody::new(BinaryReader::new(&self.body, 0))
    }
}

/// The value of an expression that is one constant: an address or an index, so without a sign.
pub(crate) fn constant(expression: &wasmparser::ConstExpr<'_>) -> Option<u64> {
    let mut operators = expression.get_operators_reader().into_iter();
    let value = match operators.next()?.ok()? {
        wasmparser::Operator::I32Const { value } => u64::from(value as u32),
        wasmparser::Operator::I64Const { value } => value as u64,
        _ => return None,
    };
    matches!(operators.next()?.ok()?, wasmparser::Operator::End).then_some(value)
}
