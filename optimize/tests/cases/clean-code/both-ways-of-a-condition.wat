(module
  (import "host" "asked" (func $asked))
  (func (export "nothing") (param i32) (if (local.get 0) (then nop) (else nop)))
  (func (export "then") (param i32) (if (local.get 0) (then call $asked) (else)))
  (func (export "else") (param i32) (if (local.get 0) (then) (else call $asked)))
  (func (export "traps") (param i32) (result i32)
    (if (result i32) (local.get 0) (then unreachable) (else i32.const 1)))
  (func (export "loops") (loop $l br $l))
)
