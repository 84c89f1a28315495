(module
  ;; An argument is what it was at the call, though its local is written to in between or by what is called.
  (import "host" "asked" (func $asked (param i32 i32) (result i32)))
  (func $swaps (param i32 i32) (result i32)
    (local.set 0 (call $asked (local.get 1) (local.get 0)))
    (call $asked (local.get 0) (local.get 1)))
  (func $both (param i32 i32) (result i32) (call $asked (local.get 0) (local.get 1)))
  (func (export "a") (param i32) (result i32) (call $swaps (local.get 0) (local.tee 0 (i32.const 5))))
  (func (export "b") (param i32) (result i32)
    (call $both (local.get 0) (local.tee 0 (call $asked (i32.const 1) (i32.const 2)))))
)
