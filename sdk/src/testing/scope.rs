//! What a test decides for its own thread, for as long as it holds on to it: tests run side by side.

use std::cell::RefCell;
use std::marker::PhantomData;
use std::thread::LocalKey;

/// Where a test's decision is kept: each thread has its own.
pub(super) type Slot<T> = LocalKey<RefCell<Option<T>>>;

/// A decision. What was decided before holds again when this is dropped.
#[derive(Debug)]
pub(super) struct Scope<T: 'static> {
    slot: &'static Slot<T>,
    before: Option<T>,
    /// It belongs to its thread.
    not_send: PhantomData<*const ()>,
}

impl<T> Scope<T> {
    pub(super) fn enter(slot: &'static Slot<T>, value: T) -> Self {
        Self { slot, before: slot.replace(Some(value)), not_send: PhantomData }
    }

    /// Looks at the value, to change it.
    pub(super) fn with<R>(&self, change: impl FnOnce(&mut T) -> R) -> Option<R> {
        with(self.slot, change)
    }
}

impl<T> Drop for Scope<T> {
    fn drop(&mut self) {
        // A thread that ends has no slots any more, and nobody to look at them.
        let before = self.before.take();
        let _ = self.slot.try_with(|slot| slot.replace(before));
    }
}

/// Looks at what the test on this thread has decided, if it has.
pub(super) fn with<T, R>(slot: &'static Slot<T>, look: impl FnOnce(&mut T) -> R) -> Option<R> {
    slot.try_with(|slot| slot.borrow_mut().as_mut().map(look)).ok().flatten()
}
