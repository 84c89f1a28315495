//! What one instance may take of the machine's memory: all its linear memories together, its tables, its parts.

use std::sync::Arc;

use wasmtime::ResourceLimiter;

use super::slot::Slot;

/// The most table elements that an instance may have in all. A table element is a pointer.
const TABLE_ELEMENTS: usize = 1_000_000;
/// A composed component has a handful of core instances, and seldom more than four memories and tables.
const INSTANCES: usize = 200;
const MEMORIES: usize = 50;
const TABLES: usize = 200;

/// The account of one instance.
///
/// wasmtime's own `StoreLimits` bounds each memory by itself; a composed component has one for each part.
pub(super) struct Limits {
    limit: usize,
    used: usize,
    last: usize,
    elements: usize,
    slot: Arc<Slot>,
}

impl Limits {
    pub(super) fn new(limit: u64, slot: Arc<Slot>) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        Self { limit, used: 0, last: 0, elements: 0, slot }
    }
}

impl ResourceLimiter for Limits {
    fn memory_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        let more = desired.saturating_sub(current);
        let granted = self.used.checked_add(more).is_some_and(|used| used <= self.limit);
        if granted {
            self.used += more;
            self.last = more;
            self.slot.set_memory(self.used);
        } else {
            // Most guests trap a moment later. This is how the trap is told from any other.
            self.slot.deny_memory();
        }
        Ok(granted)
    }

    fn memory_grow_failed(&mut self, _error: wasmtime::Error) -> wasmtime::Result<()> {
        // Granted here and refused by the system, or refused here: then nothing was added.
        self.used -= std::mem::take(&mut self.last);
        self.slot.set_memory(self.used);
        Ok(())
    }

    fn table_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        let elements = self.elements.saturating_add(desired.saturating_sub(current));
        let granted = elements <= TABLE_ELEMENTS;
        if granted {
            self.elements = elements;
        }
        Ok(granted)
    }

    fn instances(&self) -> usize {
        INSTANCES
    }

    fn tables(&self) -> usize {
        TABLES
    }

    fn memories(&self) -> usize {
        MEMORIES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memories_are_counted_together() {
        let slot = Arc::new(Slot::default());
        let mut limits = Limits::new(100, slot.clone());
        assert!(limits.memory_growing(0, 60, None).unwrap());
        assert!(limits.memory_growing(0, 40, None).unwrap());
        assert!(!slot.memory_denied());
        assert!(!limits.memory_growing(40, 41, None).unwrap());
        assert!(slot.memory_denied());
    }

    #[test]
    fn what_the_system_refused_is_given_back() {
        let mut limits = Limits::new(100, Arc::new(Slot::default()));
        assert!(limits.memory_growing(0, 60, None).unwrap());
        assert!(limits.memory_growing(60, 100, None).unwrap());
        limits.memory_grow_failed(wasmtime::format_err!("no memory")).unwrap();
        assert!(limits.memory_growing(60, 90, None).unwrap());
    }
}
