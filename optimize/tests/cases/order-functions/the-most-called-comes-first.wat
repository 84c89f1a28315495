(module
  (import "host" "asked" (func $asked (param i32)))
  (table (export "table") 1 funcref)
  (elem (i32.const 0) func $often)
  (start $begin)
  (func $once (param i32) (call $asked (i32.const 1)) (call $often))
  (func $often (call $asked (i32.const 2)))
  (func $begin
    (call $often) (call $often) (call $often) (call $once (i32.const 0)))
  (func (export "run") (call $often) (call $once (i32.const 1)))
)
