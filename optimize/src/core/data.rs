//! Data segments without the zeros that memory has anyway, and as few as pay for themselves.
//!
//! **Why it is sound.** A memory of the module's own is all zeros before its active segments are written (core
//! specification, §4.5.3), so zeros need not be written, and neighbours may be written as one with the zeros between them.
//! It is done only where all active segments of all memories are at constant offsets, in memories that are not imported,
//! certainly in bounds and apart from each other, and where no instruction names a segment: then neither the order of
//! writing nor a trap nor a segment's identity can be seen.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{Context, Pass};
use crate::error::PassError;
use crate::module::{Item, Module, Noted, Renumbering, Segment, SegmentKind, Walker, constant};
use crate::origins::Made;

pub(crate) struct PackData;

/// What another segment costs, at least: flags, `const`, its address, `end`, its size.
const COST_OF_A_SEGMENT: u64 = 8;

/// How many segments are made at most: no engine takes more (`MAX_WASM_DATA_SEGMENTS` of wasmparser and of browsers). The
/// memory of an interpreter that was started beforehand has more runs than that.
const MOST_SEGMENTS: usize = 100_000;

impl Pass for PackData {
    fn name(&self) -> &'static str {
        "pack-data"
    }

    fn run(&self, bytes: &[u8], _: &Context<'_>) -> Result<Made, PassError> {
        let mut module = Module::parse(bytes)?;
        let mut noted = Noted::default();
        if module.has_data_count {
            for function in &module.functions {
                Walker(&mut noted).visit_function_body(&function.parsed())?;
            }
        }
        let is_named = noted.0.iter().any(|item| matches!(item, Item::Data(_)));
        let Some(memories) = written(&module).filter(|_| !is_named) else { return Ok(Made::same(bytes)) };
        let mut gap = COST_OF_A_SEGMENT;
        module.data = loop {
            let packed: Vec<_> = memories.iter().flat_map(|(memory, segments)| pack(memory, segments, gap)).collect();
            // Where no run of zeros is long enough for a cut, there are no more segments than before.
            if packed.len() <= MOST_SEGMENTS.max(module.data.len()) {
                break packed;
            }
            gap = gap.saturating_mul(2);
        };
        let renumbering = Renumbering::whole(&module);
        module.encode(&renumbering)
    }
}

/// What is written to a memory, by address.
type Written<'a> = BTreeMap<u64, Cow<'a, [u8]>>;

struct Memory {
    index: u32,
    is_wide: bool,
}

/// What is written to each memory, by address; nothing where that can't be known.
fn written<'a>(module: &Module<'a>) -> Option<Vec<(Memory, Written<'a>)>> {
    let mut memories: BTreeMap<u32, Written<'a>> = BTreeMap::new();
    for segment in &module.data {
        let SegmentKind::Active { memory, offset } = &segment.kind else { return None };
        if !module.data_fits(*memory, offset, segment.bytes.len()) {
            return None;
        }
        if segment.bytes.is_empty() {
            continue;
        }
        let clash = memories.entry(*memory).or_default().insert(constant(offset)?, segment.bytes.clone());
        if clash.is_some() {
            return None;
        }
    }
    let imported = module.imported_memories();
    memories
        .into_iter()
        .map(|(index, segments)| {
            let mut end = 0;
            for (address, bytes) in &segments {
                if *address < end {
                    return None;
                }
                end = address + bytes.len() as u64;
            }
            let is_wide = module.memories.get(index.checked_sub(imported)? as usize)?.memory64;
            Some((Memory { index, is_wide }, segments))
        })
        .collect()
}

/// The same bytes in fewer: split at runs of zeros that are longer than `gap`, and joined where that pays: zeros between segments
/// are not made up for less.
fn pack<'a>(memory: &Memory, segments: &Written<'_>, gap: u64) -> Vec<Segment<'a>> {
    let mut packed: Vec<(u64, Vec<u8>)> = Vec::new();
    for (start, bytes) in segments {
        let mut at = 0;
        let mut longest = COST_OF_A_SEGMENT;
        while at < bytes.len() {
            if bytes[at] == 0 {
                at += 1;
                continue;
            }
            let end = bytes[at..].iter().position(|byte| *byte == 0).map_or(bytes.len(), |length| at + length);
            let address = start + at as u64;
            match packed.last_mut() {
                Some((first, run)) if address - (*first + run.len() as u64) <= longest => {
                    run.resize((address - *first) as usize, 0);
                    run.extend_from_slice(&bytes[at..end]);
                }
                _ => packed.push((address, bytes[at..end].to_vec())),
            }
            longest = gap;
            at = end;
        }
    }
    packed
        .into_iter()
        .map(|(address, bytes)| Segment {
            kind: SegmentKind::At { memory: memory.index, address, wide: memory.is_wide },
            bytes: Cow::Owned(bytes),
        })
        .collect()
}
