//! Where the instructions of a core module are.

use wasmparser::{Parser, Payload, TypeRef};

use crate::error::PassError;

/// Where the instructions of a module are.
#[derive(Clone, Debug, Default)]
pub struct Positions {
    /// How many functions are imported.
    pub imported: u32,
    /// Where the code section's content starts, from the module's start.
    pub start: u32,
    /// For each defined function the positions of its instructions, from there.
    pub functions: Vec<Vec<u32>>,
    /// For each defined function where its body starts and ends, from there.
    pub bodies: Vec<(u32, u32)>,
}

impl Positions {
    /// Finds them in a valid core module.
    ///
    /// # Errors
    /// It is no valid module.
    pub fn of(module: &[u8]) -> Result<Self, PassError> {
        let mut positions = Self::default();
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        let is_function = matches!(import?.ty, TypeRef::Func(_) | TypeRef::FuncExact(_));
                        positions.imported += u32::from(is_function);
                    }
                }
                Payload::CodeSectionStart { range, .. } => positions.start = range.start as u32,
                Payload::CodeSectionEntry(body) => {
                    let from_start = |at: u64| (at as u32).saturating_sub(positions.start);
                    let range = body.range();
                    positions.bodies.push((from_start(range.start), from_start(range.end)));
                    let mut operators = Vec::new();
                    for operator in body.get_operators_reader()?.into_iter_with_offsets() {
                        operators.push(from_start(operator?.1));
                    }
                    positions.functions.push(operators);
                }
                _ => {}
            }
        }
        Ok(positions)
    }

    /// The index of the function that has code at a position, imported functions counted.
    pub fn function_at(&self, position: u32) -> Option<u32> {
        let place = self.bodies.partition_point(|(_, end)| *end <= position);
        let (start, _) = self.bodies.get(place)?;
        (*start <= position).then(|| self.imported.saturating_add(place as u32))
    }

    /// Whether an instruction starts at a position.
    pub fn is_instruction(&self, position: u32) -> bool {
        let function = self.function_at(position).and_then(|function| function.checked_sub(self.imported));
        let instructions = function.and_then(|place| self.functions.get(place as usize));
        instructions.is_some_and(|instructions| instructions.binary_search(&position).is_ok())
    }
}
