(component
  ;; Two instances have two memories, though their module is one.
  (core module $a (memory (export "memory") 1)
    (global $g (mut i32) (i32.const 0))
    (func (export "next") (result i32) (global.set $g (i32.add (global.get $g) (i32.const 1))) (global.get $g)))
  (core module $b (memory (export "memory") 1)
    (global $g (mut i32) (i32.const 0))
    (func (export "next") (result i32) (global.set $g (i32.add (global.get $g) (i32.const 1))) (global.get $g)))
  (core instance $one (instantiate $a))
  (core instance $two (instantiate $b))
  (func (export "one") (result u32) (canon lift (core func $one "next")))
  (func (export "two") (result u32) (canon lift (core func $two "next")))
)
