//! What is done to a module before it is optimized, so that there is something to see: segments that would miss memories and
//! tables are moved to where they start, some functions begin with branches, and every function may stand twice, each reference
//! going to either. What the passes merge and shape, and what they find dead, is seldom in what `wasm-smith` makes by itself.

use std::convert::Infallible;

use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{CodeSection, ConstExpr, FunctionSection, Instruction};
use wasmparser::{CodeSectionReader, FunctionSectionReader, Operator, Parser, Payload, TypeRef};

use crate::random::Random;

/// What is done.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Preparation {
    /// Every function stands twice.
    pub(crate) has_twins: bool,
    /// Every other function ends in a trap, where it does not return before.
    pub(crate) ends_in_traps: bool,
}

/// The same module, prepared.
pub(crate) fn prepared(module: &[u8], preparation: Preparation, seed: u64) -> Vec<u8> {
    let (mut imported, mut own) = (0, 0);
    let (mut types, mut first_is_number) = (Vec::new(), Vec::new());
    for payload in Parser::new(0).parse_all(module) {
        match payload.unwrap() {
            Payload::ImportSection(section) => {
                let functions = section
                    .into_imports()
                    .filter(|import| matches!(import.as_ref().unwrap().ty, TypeRef::Func(_) | TypeRef::FuncExact(_)));
                imported = functions.count() as u32;
            }
            Payload::TypeSection(section) => {
                for group in section {
                    types.extend(group.unwrap().into_types());
                }
            }
            Payload::FunctionSection(section) => {
                own = section.count();
                first_is_number.extend(section.into_iter().map(|ty| {
                    let ty: &wasmparser::SubType = &types[ty.unwrap() as usize];
                    ty.unwrap_func().params().first() == Some(&wasmparser::ValType::I32)
                }));
            }
            _ => {}
        }
    }
    let mut random = Random(seed);
    // Some stay out of bounds.
    let moves_segments = random.below(16) != 0;
    let mut output = wasm_encoder::Module::new();
    Prepared { preparation, moves_segments, imported, own, first_is_number, bodies: 0, random }
        .parse_core_module(&mut output, Parser::new(0), module)
        .unwrap();
    output.finish()
}

struct Prepared {
    preparation: Preparation,
    moves_segments: bool,
    imported: u32,
    own: u32,
    /// For each function whether its first parameter is an `i32`.
    first_is_number: Vec<bool>,
    /// How many bodies are written.
    bodies: usize,
    random: Random,
}

impl Prepared {
    /// The same offset near the start, where it is a number.
    fn moved(&mut self, offset: &wasmparser::ConstExpr<'_>, bound: usize) -> Option<ConstExpr> {
        if !self.moves_segments {
            return None;
        }
        let mut operators = offset.get_operators_reader().into_iter();
        let first = operators.next()?.ok()?;
        let is_alone = matches!(operators.next()?.ok()?, Operator::End);
        let place = self.random.below(bound) as u32;
        match first {
            Operator::I32Const { .. } if is_alone => Some(ConstExpr::i32_const(place as i32)),
            Operator::I64Const { .. } if is_alone => Some(ConstExpr::i64_const(i64::from(place))),
            _ => None,
        }
    }
}

impl Prepared {
    /// Two ways to change the first parameter, as compilers write `if` and `else` before they are shaped.
    fn branches(&mut self) -> [Instruction<'static>; 17] {
        use Instruction::{
            Block, Br, BrIf, End, I32Add, I32Const, I32Eqz, I32GtS, I32LtS, I32Mul, I32Ne, LocalGet, LocalSet,
        };
        let condition = match self.random.below(4) {
            0 => I32GtS,
            1 => I32LtS,
            2 => I32Ne,
            _ => I32Add,
        };
        let (inner, outer) = if self.random.below(4) == 0 { (1, 0) } else { (0, 1) };
        let last = if self.random.below(2) == 0 { I32Eqz } else { Instruction::I32Clz };
        [
            Block(wasm_encoder::BlockType::Empty),
            Block(wasm_encoder::BlockType::Empty),
            LocalGet(0),
            I32Const(3),
            condition,
            last,
            BrIf(inner),
            LocalGet(0),
            I32Const(7),
            I32Mul,
            LocalSet(0),
            Br(outer),
            End,
            I32Const(1 << 20),
            LocalSet(0),
            End,
            Instruction::Nop,
        ]
    }
}

impl Reencode for Prepared {
    type Error = Infallible;

    /// References of the host's become references to functions: the host is compiled without the others.
    fn abstract_heap_type(
        &mut self,
        ty: wasmparser::AbstractHeapType,
    ) -> Result<wasm_encoder::AbstractHeapType, Error<Infallible>> {
        use wasmparser::AbstractHeapType::{Extern, Func, NoExtern, NoFunc};
        let ty = match ty {
            Extern => Func,
            NoExtern => NoFunc,
            other => other,
        };
        Ok(utils::abstract_heap_type(self, ty))
    }

    fn function_index(&mut self, index: u32) -> Result<u32, Error<Infallible>> {
        let is_second = self.preparation.has_twins && index >= self.imported && self.random.below(2) == 1;
        Ok(if is_second { index + self.own } else { index })
    }

    /// What code takes references to has to be declared outside of it, and only the first of each two is.
    fn instruction<'a>(&mut self, operator: Operator<'a>) -> Result<Instruction<'a>, Error<Infallible>> {
        match operator {
            Operator::RefFunc { function_index } => Ok(Instruction::RefFunc(function_index)),
            other => utils::instruction(self, other),
        }
    }

    fn parse_function_body(
        &mut self,
        code: &mut CodeSection,
        body: wasmparser::FunctionBody<'_>,
    ) -> Result<(), Error<Infallible>> {
        let has_number =
            self.first_is_number.get(self.bodies % self.first_is_number.len().max(1)).copied().unwrap_or(false);
        self.bodies += 1;
        let mut function = self.new_function_with_parsed_locals(&body)?;
        if has_number && self.random.below(2) == 0 {
            for instruction in self.branches() {
                function.instruction(&instruction);
            }
        }
        let ends_in_trap = self.preparation.ends_in_traps && self.random.below(2) == 0;
        let operators = body.get_operators_reader()?.into_iter().collect::<Result<Vec<_>, _>>()?;
        let last = operators.len() - 1;
        for (place, operator) in operators.into_iter().enumerate() {
            if place == last && ends_in_trap {
                function.instruction(&Instruction::Unreachable);
            }
            function.instruction(&self.instruction(operator)?);
        }
        code.function(&function);
        Ok(())
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        if self.preparation.has_twins {
            utils::parse_function_section(self, functions, section.clone())?;
        }
        utils::parse_function_section(self, functions, section)
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        if self.preparation.has_twins {
            utils::parse_code_section(self, code, section.clone())?;
        }
        utils::parse_code_section(self, code, section)
    }

    fn parse_data(
        &mut self,
        section: &mut wasm_encoder::DataSection,
        segment: wasmparser::Data<'_>,
    ) -> Result<(), Error<Infallible>> {
        if let wasmparser::DataKind::Active { memory_index, offset_expr } = &segment.kind
            && let Some(offset) = self.moved(offset_expr, 2_000)
        {
            section.active(*memory_index, &offset, segment.data.iter().copied());
            return Ok(());
        }
        utils::parse_data(self, section, segment)
    }

    fn parse_element(
        &mut self,
        section: &mut wasm_encoder::ElementSection,
        element: wasmparser::Element<'_>,
    ) -> Result<(), Error<Infallible>> {
        if let wasmparser::ElementKind::Active { table_index, offset_expr } = &element.kind
            && let Some(offset) = self.moved(offset_expr, 8)
        {
            let items = self.element_items(element.items)?;
            section.active(*table_index, &offset, items);
            return Ok(());
        }
        utils::parse_element(self, section, element)
    }
}
