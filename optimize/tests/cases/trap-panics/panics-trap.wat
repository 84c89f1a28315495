;; panic: trap
(module
  (import "env" "print" (func $print (param i32)))
  (func $core::panicking::panic_fmt::h0123456789abcdef (param i32) (call $print (local.get 0)) unreachable)
  (func $core::option::unwrap_failed::h0123456789abcdef (i32.const 4) (call 1) unreachable)
  (func $core::panicking::returns (param i32) (call $print (local.get 0)))
  (func $mine::panic_fmt (param i32) (call $print (local.get 0)) unreachable)
  (func (export "run") (param i32)
    (if (local.get 0) (then (call $core::option::unwrap_failed::h0123456789abcdef) unreachable))
    (call $core::panicking::returns (i32.const 1)))
  (func (export "mine") (call $mine::panic_fmt (i32.const 1)))
)
