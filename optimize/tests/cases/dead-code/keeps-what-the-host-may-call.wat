(module
  ;; The host can call and replace what is in an exported table, so all of it stays; the unused import goes.
  (import "host" "asked" (func $asked (param i32)))
  (import "host" "unused" (func $unused))
  (table (export "table") 3 funcref)
  (elem (i32.const 0) func $one $two)
  (func $one (call $asked (i32.const 1)))
  (func $two (result i32) i32.const 2)
  (func $dead (call $unused))
  (func $begin (call $asked (i32.const 3)))
  (start $begin)
)
