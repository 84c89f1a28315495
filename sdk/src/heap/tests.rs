//! The heap on a memory that the tests own: every block stays what was written to it, whatever happens to the others.

use proptest::prelude::*;

use super::*;

/// Linear memory of at most so many pages.
struct Simulated {
    bytes: Vec<u8>,
    most: usize,
}

impl Memory for Simulated {
    fn size(&self) -> usize {
        self.bytes.len()
    }

    fn grow(&mut self, pages: usize) -> bool {
        let size = self.bytes.len() + pages * PAGE;
        if size > self.most {
            return false;
        }
        self.bytes.resize(size, 0);
        true
    }

    fn read(&self, address: usize) -> usize {
        assert_eq!(address % 4, 0, "a word is aligned");
        u32::from_le_bytes(self.bytes[address..address + 4].try_into().unwrap()) as usize
    }

    fn write(&mut self, address: usize, word: usize) {
        assert_eq!(address % 4, 0, "a word is aligned");
        assert!(address >= BASE, "what is below is not the heap's");
        self.bytes[address..address + 4].copy_from_slice(&u32::try_from(word).unwrap().to_le_bytes());
    }
}

const BASE: usize = 1_234;
const MEMORY: usize = 64 << 20;

fn heap() -> Heap<Simulated> {
    let mut heap = Heap::new(Simulated { bytes: vec![0; 2 * PAGE], most: MEMORY });
    heap.begin_at(BASE, 2 * PAGE);
    heap
}

/// What a program does.
#[derive(Clone, Debug)]
enum Act {
    Allocate {
        size: usize,
        align: u32,
    },
    Free {
        which: usize,
    },
    Resize {
        which: usize,
        size: usize,
    },
    /// Somebody else takes a page.
    Foreign,
}

fn sizes() -> impl Strategy<Value = usize> {
    prop_oneof![4 => 0..100_usize, 4 => 0..5_000_usize, 2 => 4_000..20_000_usize, 1 => 0..400_000_usize]
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        8 => (sizes(), 0..5_u32).prop_map(|(size, align)| Act::Allocate { size, align }),
        1 => (sizes(), 5..14_u32).prop_map(|(size, align)| Act::Allocate { size, align }),
        6 => any::<usize>().prop_map(|which| Act::Free { which }),
        4 => (any::<usize>(), sizes()).prop_map(|(which, size)| Act::Resize { which, size }),
        1 => Just(Act::Foreign),
    ];
    prop::collection::vec(act, 1..300)
}

/// A block that the program holds, filled with a byte of its own.
#[derive(Clone, Copy)]
struct Held {
    payload: usize,
    size: usize,
    fill: u8,
}

impl Held {
    fn fill(&self, heap: &mut Heap<Simulated>) {
        heap.memory.bytes[self.payload..self.payload + self.size].fill(self.fill);
    }

    fn is_intact(&self, heap: &Heap<Simulated>, size: usize) {
        let bytes = &heap.memory.bytes[self.payload..self.payload + size];
        assert!(bytes.iter().all(|byte| *byte == self.fill), "{} bytes at {}", self.size, self.payload);
    }
}

fn run(acts: &[Act]) {
    let mut heap = heap();
    let mut held: Vec<Held> = Vec::new();
    for (number, act) in acts.iter().enumerate() {
        let fill = number as u8 | 1;
        match *act {
            Act::Allocate { size, align } => {
                let align = 1 << align;
                let payload = heap.allocate(size, align);
                assert_ne!(payload, 0, "there is memory");
                assert_eq!(payload % align, 0);
                assert!(heap.capacity(payload) >= size);
                let block = Held { payload, size, fill };
                block.fill(&mut heap);
                held.push(block);
            }
            Act::Free { which } if !held.is_empty() => {
                let block = held.swap_remove(which % held.len());
                block.is_intact(&heap, block.size);
                heap.free(block.payload);
            }
            Act::Resize { which, size } if !held.is_empty() => {
                let place = which % held.len();
                let old = held[place];
                match heap.resize(old.payload, size) {
                    Ok(()) => {
                        assert!(heap.capacity(old.payload) >= size);
                        old.is_intact(&heap, old.size.min(size));
                        held[place] = Held { size, fill, ..old };
                    }
                    Err(capacity) => {
                        assert!(capacity >= old.size && capacity < size);
                        let payload = heap.allocate(size, GRAIN);
                        old.is_intact(&heap, old.size);
                        heap.free(old.payload);
                        held[place] = Held { payload, size, fill };
                    }
                }
                held[place].fill(&mut heap);
            }
            Act::Foreign => drop(heap.memory.grow(1)),
            Act::Free { .. } | Act::Resize { .. } => {}
        }
    }
    for block in &held {
        block.is_intact(&heap, block.size);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn no_block_touches_another(acts in acts()) {
        run(&acts);
    }
}

#[test]
fn each_size_has_a_class_that_holds_it_and_wastes_less_than_half() {
    let mut last = (0, 16);
    for size in (16..=SMALL).step_by(GRAIN) {
        let (index, members) = class(size);
        assert!(index < CLASSES && members >= size && members.is_multiple_of(GRAIN), "{size}: {index}, {members}");
        assert!(members <= SMALL && members * 2 < size * 3 + GRAIN, "{size}: {members}");
        assert_eq!(class(members), (index, members), "a block given back is found again");
        assert!((index, members) >= last && index <= last.0 + 2, "{size}");
        last = (index, members);
    }
    assert_eq!(last.0, CLASSES - 1, "no list is of no use");
}

#[test]
fn a_program_that_allocates_and_frees_for_long_needs_no_more_than_at_its_peak() {
    let mut heap = heap();
    let mut state = 7_u64;
    let mut next = |bound: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) % bound) as usize
    };
    let mut held: Vec<usize> = Vec::new();
    for _ in 0..200_000 {
        if held.len() < 200 {
            let size = match next(10) {
                0 => next(200_000),
                1..4 => next(10_000),
                _ => next(300),
            };
            held.push(heap.allocate(size, 8));
        } else {
            let place = next(held.len() as u64);
            heap.free(held.swap_remove(place));
        }
    }
    // Two hundred blocks of 12 KB on average are 2.4 MB.
    assert!(heap.memory.size() < 8 << 20, "{} bytes", heap.memory.size());
}

#[test]
fn what_was_freed_in_pieces_can_be_had_as_a_whole() {
    let mut heap = heap();
    let pieces: Vec<usize> = (0..32).map(|_| heap.allocate(100_000, 8)).collect();
    let size = heap.memory.size();
    // In an order that leaves holes at first.
    for start in [0, 2, 1, 3] {
        pieces.iter().skip(start).step_by(4).for_each(|piece| heap.free(*piece));
    }
    assert_ne!(heap.allocate(3_100_000, 8), 0);
    assert_eq!(heap.memory.size(), size);
}

#[test]
fn a_body_grows_without_being_moved() {
    let mut heap = heap();
    let body = heap.allocate(20_000, 1);
    for size in (20_000..10_000_000).step_by(50_000) {
        assert_eq!(heap.resize(body, size), Ok(()), "{size}");
    }
    assert!(heap.memory.size() < 10_400_000, "{} bytes", heap.memory.size());
    // What it gives back is there for others.
    assert_eq!(heap.resize(body, 1000), Ok(()));
    let size = heap.memory.size();
    assert_ne!(heap.allocate(9_900_000, 1), 0);
    assert_eq!(heap.memory.size(), size);
}

#[test]
fn without_memory_there_is_no_block_and_the_others_stay() {
    let mut heap = heap();
    let block = heap.allocate(1000, 8);
    assert_eq!(heap.allocate(MEMORY, 8), 0);
    assert_eq!(heap.allocate(usize::MAX, 8), 0);
    assert_eq!(heap.allocate(8, usize::MAX / 2 + 1), 0);
    assert!(heap.resize(block, MEMORY).is_err() && heap.resize(block, usize::MAX).is_err());
    let large = heap.allocate(100_000, 8);
    assert!(heap.resize(large, MEMORY).is_err());
    heap.free(block);
    heap.free(large);
    assert_eq!(heap.allocate(1000, 8), block);
}

#[test]
fn pages_that_somebody_took_before_the_heap_began_stay_theirs() {
    let mut heap = Heap::new(Simulated { bytes: vec![0; 2 * PAGE], most: MEMORY });
    assert!(heap.memory.grow(1));
    heap.memory.bytes[2 * PAGE..].fill(7);
    let mut payloads = Vec::new();
    for size in [20_000; 20] {
        heap.begin_at(BASE, 2 * PAGE);
        payloads.push(heap.allocate(size, 8));
    }
    for _ in 0..100 {
        payloads.push(heap.allocate(4_000, 8));
    }
    assert!(payloads.iter().all(|payload| *payload < 2 * PAGE || *payload >= 3 * PAGE), "{payloads:?}");
    assert!(heap.memory.bytes[2 * PAGE..3 * PAGE].iter().all(|byte| *byte == 7));
}
