//! The heap, as arithmetic on addresses: it has no pointer, so that the tests run it on a memory of their own.
//!
//! ```text
//! block:  [ header: 4 bytes ][ payload … ]      the payload is at a multiple of 16, the size a multiple of 16
//! ```
//!
//! - A small block (up to 8 KiB) is of one of twenty sizes, two to each power of two. A free one is in the list of its size: it
//!   is taken and given back in a few instructions. New ones are cut from a run of 32 KiB, one after another.
//! - A large block is the first that is large enough among the free ones, which are in a list by address; neighbours in it
//!   become one, so what was freed in pieces can be had as a whole.
//! - A large block grows where it is, if what follows is free or the memory's end: a body is read without being moved.
//! - A block of a greater alignment than 16 lies in a larger one; its header says how far in, and is odd.
//!
//! Small blocks do not become large ones again: what a program holds at most in small blocks of each size is kept for them.

/// The page of WebAssembly.
pub(crate) const PAGE: usize = 64 * 1024;
/// What addresses and sizes are multiples of.
pub(crate) const GRAIN: usize = 16;

const HEADER: usize = 4;
/// The largest small block.
const SMALL: usize = 8 * 1024;
/// What small blocks are cut from.
const RUN: usize = 32 * 1024;
/// A rest that is smaller stays with the block that it would be cut from.
const REST: usize = SMALL;
/// No block is larger; and no sum overflows.
const MOST: usize = 1 << 30;
/// 16, then two sizes to each power of two, up to [`SMALL`].
const CLASSES: usize = 19;

/// A memory that grows at its end. Words are of 4 bytes.
pub(crate) trait Memory {
    /// Its size in bytes.
    fn size(&self) -> usize;
    /// Adds pages of zeros.
    fn grow(&mut self, pages: usize) -> bool;
    /// Reads a word.
    fn read(&self, address: usize) -> usize;
    /// Writes a word.
    fn write(&mut self, address: usize, word: usize);
}

/// The free blocks and the end of what they are cut from.
pub(crate) struct Heap<M> {
    memory: M,
    /// The first free block of each small size; none is 0.
    small: [usize; CLASSES],
    /// The free large block with the lowest address; none is 0.
    large: usize,
    /// What is left of the run that small blocks are cut from.
    run: usize,
    run_end: usize,
    /// Where the memory ended when it was last taken from.
    end: usize,
}

/// The size of the block for a payload.
fn block_size(payload: usize) -> usize {
    (payload + HEADER).next_multiple_of(GRAIN)
}

/// The class of a small block and the size of its members.
fn class(size: usize) -> (usize, usize) {
    // Not `ilog2`, which panics at 0.
    let power = (usize::BITS - 1 - (size - 1).leading_zeros()) as usize;
    let upper = (size - 1) >> (power - 1) & 1;
    // 16 is the upper half of 9..=16.
    let index = (2 * power + upper).saturating_sub(7);
    // 24 is no multiple of 16, so nothing is of the lower half of 17..=32.
    (index, if upper == 1 { 2 << power } else { 3 << (power - 1) })
}

impl<M: Memory> Heap<M> {
    pub(crate) const fn new(memory: M) -> Self {
        Self { memory, small: [0; CLASSES], large: 0, run: 0, run_end: 0, end: 0 }
    }

    /// Gives the heap what lies between two addresses, the first time that it is called. Not what is there of the memory by
    /// then: somebody else may have grown it before anything was allocated, and what they took is theirs.
    pub(crate) fn begin_at(&mut self, start: usize, end: usize) {
        if self.end == 0 {
            self.end = end;
            // The header comes 4 bytes before a multiple of 16. Small blocks are cut from what there is.
            self.run = start.next_multiple_of(GRAIN) + GRAIN - HEADER;
            self.run_end = self.end - HEADER;
        }
    }

    /// The address of a new payload; 0 where there is no memory.
    pub(crate) fn allocate(&mut self, size: usize, align: usize) -> usize {
        if size > MOST || align > MOST {
            return 0;
        }
        if align <= GRAIN {
            return self.payload(block_size(size));
        }
        let outer = self.payload(block_size(size + align));
        let inner = outer.next_multiple_of(align);
        if inner != outer {
            self.memory.write(inner - HEADER, (inner - outer) | 1);
        }
        inner
    }

    /// Takes a payload back.
    pub(crate) fn free(&mut self, payload: usize) {
        let (block, size, _) = self.block(payload);
        if size > SMALL {
            return self.insert(block, size);
        }
        let (class, _) = class(size);
        let next = self.small.get(class).copied().unwrap_or_default();
        self.memory.write(block + HEADER, next);
        if let Some(first) = self.small.get_mut(class) {
            *first = block;
        }
    }

    /// How many bytes a payload has room for.
    #[cfg(any(test, target_os = "wasi"))]
    pub(crate) fn capacity(&self, payload: usize) -> usize {
        let (_, size, skipped) = self.block(payload);
        size - HEADER - skipped
    }

    /// Makes room for so many bytes where the payload is. Where that can't be done, how many there is room for.
    pub(crate) fn resize(&mut self, payload: usize, size: usize) -> Result<(), usize> {
        let (block, old, skipped) = self.block(payload);
        let capacity = old - HEADER - skipped;
        if size > MOST {
            return Err(capacity);
        }
        let new = block_size(size + skipped);
        if old <= SMALL {
            return if size <= capacity { Ok(()) } else { Err(capacity) };
        }
        if new > old && !self.extend(block, old, new) {
            return Err(capacity);
        }
        self.cut(block, self.memory.read(block), new.max(SMALL + GRAIN));
        Ok(())
    }

    /// The block that a payload is in, its size, and how far into it the payload begins.
    fn block(&self, payload: usize) -> (usize, usize, usize) {
        let header = self.memory.read(payload - HEADER);
        if header & 1 == 0 {
            return (payload - HEADER, header, 0);
        }
        let skipped = header - 1;
        let block = payload - skipped - HEADER;
        (block, self.memory.read(block), skipped)
    }

    /// The payload of a new block; 0 where there is no memory.
    fn payload(&mut self, size: usize) -> usize {
        let block = if size <= SMALL { self.take_small(size) } else { self.take_large(size) };
        if block == 0 { 0 } else { block + HEADER }
    }

    fn take_small(&mut self, size: usize) -> usize {
        let (class, size) = class(size);
        let first = self.small.get(class).copied().unwrap_or_default();
        if first != 0 {
            let next = self.memory.read(first + HEADER);
            if let Some(list) = self.small.get_mut(class) {
                *list = next;
            }
            return first;
        }
        if self.run + size > self.run_end {
            let run = self.take_large(RUN);
            if run == 0 {
                return 0;
            }
            self.run = run;
            self.run_end = run + self.memory.read(run);
        }
        let block = self.run;
        self.run += size;
        self.memory.write(block, size);
        block
    }

    fn take_large(&mut self, size: usize) -> usize {
        loop {
            let (mut before, mut block) = (0, self.large);
            while block != 0 {
                let free = self.memory.read(block);
                let next = self.memory.read(block + HEADER);
                if free >= size {
                    self.link(before, next);
                    self.cut(block, free, size);
                    return block;
                }
                (before, block) = (block, next);
            }
            if !self.grow(size) {
                return 0;
            }
        }
    }

    /// Gives the end of a block that is in use back, where that is worth it.
    fn cut(&mut self, block: usize, size: usize, wanted: usize) {
        if size >= wanted + REST + GRAIN {
            self.memory.write(block, wanted);
            self.insert(block + wanted, size - wanted);
        }
    }

    /// Has a large block grow where it is.
    fn extend(&mut self, block: usize, size: usize, wanted: usize) -> bool {
        let end = block + size;
        loop {
            let (mut before, mut next) = (0, self.large);
            while next != 0 && next < end {
                (before, next) = (next, self.memory.read(next + HEADER));
            }
            let free = if next == end { self.memory.read(next) } else { 0 };
            if size + free >= wanted {
                let after = self.memory.read(next + HEADER);
                self.link(before, after);
                self.memory.write(block, size + free);
                return true;
            }
            // More memory helps only where it would follow.
            if end + free + HEADER != self.end || self.memory.size() != self.end || !self.grow(wanted - size - free) {
                return false;
            }
        }
    }

    /// Adds memory to the free large blocks, for a block of this size at least.
    fn grow(&mut self, size: usize) -> bool {
        let start = self.memory.size();
        if !self.memory.grow((size + GRAIN).div_ceil(PAGE)) {
            return false;
        }
        // Somebody else may have grown the memory: what lies between is theirs.
        let block = if start == self.end { start - HEADER } else { start + GRAIN - HEADER };
        self.end = self.memory.size();
        self.insert(block, self.end - HEADER - block);
        true
    }

    /// Puts a large block among the free ones, by its address, and makes one of it and its neighbours.
    fn insert(&mut self, mut block: usize, mut size: usize) {
        let (mut before, mut next) = (0, self.large);
        while next != 0 && next < block {
            (before, next) = (next, self.memory.read(next + HEADER));
        }
        if next == block + size {
            size += self.memory.read(next);
            next = self.memory.read(next + HEADER);
        }
        let joins = before != 0 && before + self.memory.read(before) == block;
        if joins {
            size += block - before;
            block = before;
        } else {
            self.link(before, block);
        }
        self.memory.write(block, size);
        self.memory.write(block + HEADER, next);
    }

    /// Has one free large block follow another, or be the first.
    fn link(&mut self, before: usize, next: usize) {
        if before == 0 {
            self.large = next;
        } else {
            self.memory.write(before + HEADER, next);
        }
    }
}

#[cfg(test)]
mod tests;
