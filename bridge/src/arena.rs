//! The memory of one request: a stack of blocks, cleared before the next.
//!
//! The bridge's blocks live no longer than a request, so giving them back one by one is not worth the code of a
//! general allocator. Three rules are enough:
//!
//! - the last block grows, shrinks and is freed in place; a body is read without ever being moved, since each chunk of it
//!   begins where the one before it ended;
//! - any other block stays where it is when it is freed;
//! - each request begins with all of the memory, so an instance that serves a million of them needs no more than the
//!   largest of them took.

use crate::failure::Failure;
use crate::list::List;

/// How much of a run of memory is in use. Addresses are plain numbers here; whose they are is [`heap`]'s business.
#[derive(Debug, PartialEq, Eq)]
struct Arena {
    /// The first byte after the last block.
    top: usize,
}

impl Arena {
    /// Where a new block would begin and end. `None` where there is no such address.
    fn place(&self, size: usize, align: usize) -> Option<(usize, usize)> {
        let start = self.top.checked_add(align - 1)? & !(align - 1);
        Some((start, start.checked_add(size)?))
    }

    /// Whether this block is the one that can change its size where it is.
    fn is_last(&self, start: usize, size: usize) -> bool {
        start + size == self.top
    }
}

/// Forgets every block.
///
/// # Safety
///
/// Nothing may be left of what was allocated before.
#[cfg_attr(not(target_arch = "wasm32"), allow(unused, reason = "the tests use the system's allocator"))]
pub(crate) unsafe fn clear() {
    #[cfg(target_arch = "wasm32")]
    // SAFETY: the caller's promise.
    unsafe {
        heap::clear();
    }
}

/// Makes sure that there is memory for so many bytes more.
pub(crate) fn reserve(bytes: u64) -> Result<(), Failure> {
    if heap::has_room(bytes) { Ok(()) } else { Err(Failure::BodyOverMemory) }
}

/// The items of both, one after the other. Where `list` is the last block it grows where it is.
pub(crate) fn append<T: Copy>(list: List<T>, items: &[T]) -> List<T> {
    heap::append(list, items)
}

#[cfg(target_arch = "wasm32")]
mod heap {
    use core::alloc::{GlobalAlloc, Layout};
    use core::arch::wasm32::{memory_grow, memory_size};
    use core::cell::UnsafeCell;
    use core::{ptr, slice};

    use alloc::alloc::handle_alloc_error;

    use super::Arena;
    use crate::list::List;

    /// The page size of wasm.
    const PAGE: usize = 64 * 1024;

    /// The arena over the module's memory, from where the linker's data ends.
    struct Heap(UnsafeCell<Arena>);

    // SAFETY: a component instance is one thread, and no method here calls out of the module.
    unsafe impl Sync for Heap {}

    #[global_allocator]
    static HEAP: Heap = Heap(UnsafeCell::new(Arena { top: 0 }));

    unsafe extern "C" {
        /// Set by the linker: the first byte after the stack and the data.
        static __heap_base: u8;
    }

    /// See [`super::clear`].
    pub(super) unsafe fn clear() {
        // SAFETY: one thread, and no other borrow is alive.
        unsafe { (*HEAP.0.get()).top = &raw const __heap_base as usize };
    }

    /// Grows the memory until it reaches `end`. False where the host gives no more.
    fn reach(end: usize) -> bool {
        let pages = end.div_ceil(PAGE);
        let size = memory_size::<0>();
        pages <= size || memory_grow::<0>(pages - size) != usize::MAX
    }

    /// See [`super::append`].
    pub(super) fn append<T: Copy>(list: List<T>, items: &[T]) -> List<T> {
        // SAFETY: one thread, and no other borrow is alive.
        let is_last = unsafe { (*HEAP.0.get()).top } == list.as_ptr_range().end as usize;
        let list = if is_last { list } else { copy(&list) };
        let items = copy(items);
        list.joined(&items).unwrap_or(items)
    }

    /// A copy of these, as the last block.
    fn copy<T: Copy>(items: &[T]) -> List<T> {
        let layout = Layout::for_value(items);
        // SAFETY: a block of no bytes is where the arena ends. What the arena gives is aligned, large enough, and no part of
        // `items`.
        unsafe {
            let block = HEAP.alloc(layout).cast::<T>();
            if block.is_null() {
                handle_alloc_error(layout);
            }
            ptr::copy_nonoverlapping(items.as_ptr(), block, items.len());
            List::of(slice::from_raw_parts(block, items.len()))
        }
    }

    /// Whether there are so many bytes more, or can be.
    pub(super) fn has_room(bytes: u64) -> bool {
        // SAFETY: one thread, and no other borrow is alive.
        let top = unsafe { (*HEAP.0.get()).top };
        usize::try_from(bytes).is_ok_and(|bytes| top.checked_add(bytes).is_some_and(reach))
    }

    // SAFETY: blocks never overlap, since each begins at or after `top`, where all others end, and `top` comes down
    // only to the start of the last block, when that is freed; nor do they move, unless by `realloc`.
    unsafe impl GlobalAlloc for Heap {
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            // SAFETY: one thread, and the borrow ends in this function, which calls nothing that allocates.
            let arena = unsafe { &mut *self.0.get() };
            match arena.place(layout.size(), layout.align()) {
                Some((start, end)) if reach(end) => {
                    arena.top = end;
                    start as *mut u8
                }
                _ => ptr::null_mut(),
            }
        }

        unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
            // SAFETY: as in `alloc`.
            let arena = unsafe { &mut *self.0.get() };
            if arena.is_last(block as usize, layout.size()) {
                arena.top = block as usize;
            }
        }

        unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
            // SAFETY: as in `alloc`; the borrow ends before `alloc` is called below.
            let arena = unsafe { &mut *self.0.get() };
            if arena.is_last(block as usize, layout.size()) {
                return match (block as usize).checked_add(size) {
                    Some(end) if reach(end) => {
                        arena.top = end;
                        block
                    }
                    _ => ptr::null_mut(),
                };
            }
            if size <= layout.size() {
                return block;
            }
            // SAFETY: `size` is not zero and fits, as the caller promises; the new block overlaps no other, and both
            // are at least `layout.size()` bytes long.
            unsafe {
                let moved = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
                if !moved.is_null() {
                    ptr::copy_nonoverlapping(block, moved, layout.size());
                }
                moved
            }
        }
    }
}

/// Off wasm the tests use the system's allocator.
#[cfg(not(target_arch = "wasm32"))]
mod heap {
    use crate::list::List;

    pub(super) fn has_room(bytes: u64) -> bool {
        usize::try_from(bytes).is_ok()
    }

    pub(super) fn append<T: Copy>(list: List<T>, items: &[T]) -> List<T> {
        List::of([&*list, items].concat().leak())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_begin_aligned_after_the_last() {
        let arena = Arena { top: 1001 };
        assert_eq!(arena.place(3, 1), Some((1001, 1004)));
        assert_eq!(arena.place(3, 8), Some((1008, 1011)));
        assert_eq!(arena.place(8, 1024), Some((1024, 1032)));
        assert_eq!(arena.place(usize::MAX, 1), None);
        assert_eq!(Arena { top: usize::MAX }.place(1, 8), None);
    }

    #[test]
    fn only_the_last_block_is_last() {
        let arena = Arena { top: 1004 };
        assert!(arena.is_last(1000, 4));
        assert!(!arena.is_last(996, 4));
    }
}
