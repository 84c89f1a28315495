(component
  (import "say" (func $say (param "text" string)))
  (core module $memory (memory (export "memory") 1) (func (export "realloc") (param i32 i32 i32 i32) (result i32) i32.const 8))
  (core instance $one (instantiate $memory))
  (core instance $two (instantiate $memory))
  (core func $a (canon lower (func $say) (memory $one "memory")))
  (core func $b (canon lower (func $say) (memory $two "memory")))
  (core func $c (canon lower (func $say) (memory $one "memory")))
  (core module $user
    (import "" "a" (func $a (param i32 i32))) (import "" "b" (func $b (param i32 i32))) (import "" "c" (func $c (param i32 i32)))
    (func (export "run") (call $a (i32.const 0) (i32.const 1)) (call $b (i32.const 0) (i32.const 1)) (call $c (i32.const 0) (i32.const 1))))
  (core instance $user (instantiate $user
    (with "" (instance (export "a" (func $a)) (export "b" (func $b)) (export "c" (func $c))))))
  (func (export "run") (canon lift (core func $user "run")))
)
