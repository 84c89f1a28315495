;; panic: trap, names: keep
(module
  ;; That these never come back is seen only where what is dead in them is gone.
  (import "host" "say" (func $say (param i32)))
  (func $core::panicking::panic_dead (param i32)
    (call $say (i32.const 1)) unreachable (call $say (i32.const 2)) return)
  (func $core::panicking::panic_calls (param i32)
    (call $say (i32.const 3)) (call $never) (call $say (i32.const 4)))
  (func $never unreachable)
  (export "1" (func $core::panicking::panic_dead))
  (export "2" (func $core::panicking::panic_calls))
)
