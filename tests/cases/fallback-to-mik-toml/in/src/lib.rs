//! A handler.
