//! The memory of a component: an allocator of one kilobyte in place of ten.
//!
//! On WASI it takes the place of the C library's, which the linker leaves out because it sees these names first; so Rust, C and
//! the C library itself share one heap, and a `#[global_allocator]` of the handler's own is no contradiction. On
//! wasm32-unknown-unknown it is the `#[global_allocator]`.

use core::alloc::Layout;
use core::arch::wasm32::{memory_grow, memory_size};
use core::cell::UnsafeCell;
use core::ptr;

use crate::heap::{Heap, Memory, PAGE};

/// The module's linear memory.
struct Linear;

impl Memory for Linear {
    fn size(&self) -> usize {
        memory_size::<0>() * PAGE
    }

    fn grow(&mut self, pages: usize) -> bool {
        memory_grow::<0>(pages) != usize::MAX
    }

    fn read(&self, address: usize) -> usize {
        // SAFETY: the heap reads words of its own blocks alone, which lie within the memory and are aligned.
        unsafe { *(address as *const usize) }
    }

    fn write(&mut self, address: usize, word: usize) {
        // SAFETY: as in `read`; what is written is no block that somebody else holds.
        unsafe { *(address as *mut usize) = word }
    }
}

struct Global(UnsafeCell<Heap<Linear>>);

// SAFETY: an instance of a component is one thread, and nothing in the heap calls out of it.
unsafe impl Sync for Global {}

static HEAP: Global = Global(UnsafeCell::new(Heap::new(Linear)));

unsafe extern "C" {
    /// Set by the linker: the first byte after the stack and the data, and the first after the memory that there is at the
    /// beginning.
    static __heap_base: u8;
    static __heap_end: u8;
}

/// The heap, for as long as one call takes.
fn with_heap<T>(run: impl FnOnce(&mut Heap<Linear>) -> T) -> T {
    // SAFETY: one thread, and nothing that runs here comes back: no other borrow is alive.
    let heap = unsafe { &mut *HEAP.0.get() };
    heap.begin_at(&raw const __heap_base as usize, &raw const __heap_end as usize);
    run(heap)
}

#[inline(never)]
fn allocate(size: usize, align: usize) -> *mut u8 {
    with_heap(|heap| heap.allocate(size, align)) as *mut u8
}

/// # Safety
/// The block is one of the heap's that nobody uses any more, or null.
#[inline(never)]
unsafe fn free(block: *mut u8) {
    if !block.is_null() {
        with_heap(|heap| heap.free(block as usize));
    }
}

/// # Safety
/// The block is one of the heap's.
#[inline(never)]
unsafe fn reallocate(block: *mut u8, size: usize, align: usize) -> *mut u8 {
    let capacity = match with_heap(|heap| heap.resize(block as usize, size)) {
        Ok(()) => return block,
        Err(capacity) => capacity,
    };
    let moved = allocate(size, align);
    if !moved.is_null() {
        // SAFETY: both blocks are the heap's and do not overlap, since both are in use; the caller gives up the old one.
        unsafe {
            ptr::copy_nonoverlapping(block, moved, capacity.min(size));
            free(block);
        }
    }
    moved
}

#[inline(never)]
fn allocate_zeroed(size: usize, align: usize) -> *mut u8 {
    let block = allocate(size, align);
    if !block.is_null() {
        // SAFETY: the block has so many bytes and is nobody else's.
        unsafe { ptr::write_bytes(block, 0, size) };
    }
    block
}

#[cfg(not(target_os = "wasi"))]
mod rust {
    use core::alloc::GlobalAlloc;

    use super::{Layout, allocate, allocate_zeroed, free, reallocate};

    struct Allocator;

    #[global_allocator]
    static ALLOCATOR: Allocator = Allocator;

    // SAFETY: blocks do not overlap and stay where they are until they are freed: the heap's tests show it.
    unsafe impl GlobalAlloc for Allocator {
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            allocate(layout.size(), layout.align())
        }

        unsafe fn dealloc(&self, block: *mut u8, _: Layout) {
            // SAFETY: the caller's promise.
            unsafe { free(block) }
        }

        unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
            allocate_zeroed(layout.size(), layout.align())
        }

        unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
            // SAFETY: the caller's promise.
            unsafe { reallocate(block, size, layout.align()) }
        }
    }
}

/// All names by which the C library knows its allocator: one that was missing would bring that allocator back, and the rest
/// would be there twice, which the linker refuses.
#[cfg(target_os = "wasi")]
mod c {
    use super::{Layout, allocate, allocate_zeroed, ptr, with_heap};
    use crate::heap::GRAIN;

    /// `ENOMEM` and `EINVAL` as WASI numbers them.
    const NO_MEMORY: i32 = 48;
    const INVALID: i32 = 28;

    #[unsafe(no_mangle)]
    extern "C" fn malloc(size: usize) -> *mut u8 {
        allocate(size, GRAIN)
    }

    #[unsafe(no_mangle)]
    extern "C" fn calloc(count: usize, size: usize) -> *mut u8 {
        count.checked_mul(size).map_or(ptr::null_mut(), |size| allocate_zeroed(size, GRAIN))
    }

    #[unsafe(no_mangle)]
    unsafe extern "C" fn free(block: *mut u8) {
        // SAFETY: C's promise.
        unsafe { super::free(block) }
    }

    #[unsafe(no_mangle)]
    unsafe extern "C" fn realloc(block: *mut u8, size: usize) -> *mut u8 {
        if block.is_null() {
            return allocate(size, GRAIN);
        }
        // SAFETY: C's promise.
        unsafe { super::reallocate(block, size, GRAIN) }
    }

    #[unsafe(no_mangle)]
    extern "C" fn aligned_alloc(align: usize, size: usize) -> *mut u8 {
        if Layout::from_size_align(size, align).is_err() { ptr::null_mut() } else { allocate(size, align) }
    }

    #[unsafe(no_mangle)]
    unsafe extern "C" fn posix_memalign(block: *mut *mut u8, align: usize, size: usize) -> i32 {
        if !align.is_power_of_two() {
            return INVALID;
        }
        let allocated = aligned_alloc(align, size);
        if allocated.is_null() {
            return NO_MEMORY;
        }
        // SAFETY: C's promise.
        unsafe { *block = allocated };
        0
    }

    #[unsafe(no_mangle)]
    extern "C" fn malloc_usable_size(block: *mut u8) -> usize {
        if block.is_null() { 0 } else { with_heap(|heap| heap.capacity(block as usize)) }
    }

    #[unsafe(no_mangle)]
    extern "C" fn __libc_malloc(size: usize) -> *mut u8 {
        malloc(size)
    }

    #[unsafe(no_mangle)]
    extern "C" fn __libc_calloc(count: usize, size: usize) -> *mut u8 {
        calloc(count, size)
    }

    #[unsafe(no_mangle)]
    unsafe extern "C" fn __libc_free(block: *mut u8) {
        // SAFETY: C's promise.
        unsafe { super::free(block) }
    }
}
