(module
  ;; Equal code, but of other types, with other imports, or of a type that may have others below it.
  (import "host" "one" (func $one))
  (import "host" "two" (func $two))
  (type $open (sub (func (result i32))))
  (type $closed (func (result i32)))
  (table (export "table") 4 funcref)
  (elem (i32.const 0) func $a $b $c $d)
  (func $a (call $one))
  (func $b (call $two))
  (func $c (type $open) i32.const 1)
  (func $d (type $closed) i32.const 1)
  (func (export "call") (param i32) (result i32) (call_indirect (type $closed) (local.get 0)))
)
