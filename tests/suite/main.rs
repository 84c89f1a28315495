//! Whole-program tests: the real program, on real projects, over real sockets.

mod build;
