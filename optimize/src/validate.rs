//! Which WebAssembly is accepted: that which wasmtime 48 accepts with its defaults, so that no pass can make what the host
//! refuses (compact imports, for one).

use wasmparser::{
    BinaryReader, ComponentType, ComponentTypeDeclaration, FromReader, InstanceTypeDeclaration, Parser, Payload,
    Validator, WasmFeatures,
};

use crate::error::Error;

/// The proposals that are on by default in wasmtime 48 (`Config::features` there).
pub const FEATURES: WasmFeatures =
    WasmFeatures::WASM3.union(WasmFeatures::COMPONENT_MODEL).union(WasmFeatures::CM_ASYNC);

/// Checks a module or a component, and everything in it.
pub(crate) fn validate(bytes: &[u8]) -> Result<(), wasmparser::Error> {
    Validator::new_with_features(FEATURES).validate_all(bytes).map(drop)
}

/// How deep components may be nested. Composition makes two or three levels; each takes stack here.
const MOST_LEVELS: usize = 64;

/// How deep types of components and instances may be nested: no more are valid, but wasmparser reads all of them, by recursion,
/// before it says so.
const MOST_TYPE_LEVELS: usize = 100;

/// Checks that components, and their types, are not nested without end.
pub(crate) fn bounded(bytes: &[u8]) -> Result<(), Error> {
    let mut level: usize = 0;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(Error::InvalidInput)? {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => level += 1,
            Payload::End(_) => level = level.saturating_sub(1),
            Payload::ComponentTypeSection(section) => {
                let count = section.count();
                let range = section.range();
                let content = bytes.get(range.start as usize..range.end as usize).unwrap_or_default();
                types_are_bounded(content, range.start, count)?;
            }
            _ => {}
        }
        if level > MOST_LEVELS {
            return Err(Error::TooDeep { levels: MOST_LEVELS });
        }
    }
    Ok(())
}

/// What declarations stand in.
#[derive(Clone, Copy)]
enum Around {
    Section,
    Component,
    Instance,
}

/// Checks the nesting of a section's types, declaration by declaration, without recursion.
fn types_are_bounded(content: &[u8], start: u64, count: u32) -> Result<(), Error> {
    let mut reader = BinaryReader::new(content, start);
    reader.read_var_u32().map_err(Error::InvalidInput)?;
    // What is open, outermost first, and how many declarations are left in it.
    let mut open = vec![(Around::Section, count)];
    while let Some((around, left)) = open.last_mut() {
        let Some(fewer) = left.checked_sub(1) else {
            open.pop();
            continue;
        };
        *left = fewer;
        let opened = nested_type(&mut reader, *around).map_err(Error::InvalidInput)?;
        open.extend(opened);
        if open.len() > MOST_TYPE_LEVELS {
            return Err(Error::TooDeep { levels: MOST_TYPE_LEVELS });
        }
    }
    Ok(())
}

/// Reads one declaration; of one that has declarations itself its beginning, and says how many there are.
fn nested_type(reader: &mut BinaryReader<'_>, around: Around) -> Result<Option<(Around, u32)>, wasmparser::Error> {
    let mut ahead = reader.clone();
    // In a type, types are declared behind a byte of their own (component model, `Binary.md`, "type definitions").
    let is_type = matches!(around, Around::Section) || ahead.read_u8()? == 0x01;
    let opened = match is_type.then(|| ahead.read_u8()).transpose()? {
        Some(0x41) => Around::Component,
        Some(0x42) => Around::Instance,
        _ => {
            match around {
                Around::Section => drop(ComponentType::from_reader(reader)?),
                Around::Component => drop(ComponentTypeDeclaration::from_reader(reader)?),
                Around::Instance => drop(InstanceTypeDeclaration::from_reader(reader)?),
            }
            return Ok(None);
        }
    };
    let count = ahead.read_var_u32()?;
    *reader = ahead;
    Ok(Some((opened, count)))
}
