(module
  (func $never (unreachable))
  (func (export "a") (param i32) (result i32)
    (local $unused i64) (local $x i32) (local $y i64) (local $z i32)
    nop
    (if (local.get 0) (then (local.set $x (i32.const 5)) (call $never) (local.set $x (i32.const 6))))
    (block (loop))
    (drop (i32.const 4))
    (local.set $z (i32.const 7))
    (local.set $y (i64.const 7))
    (i32.add (local.get $z) (local.get $x))
    return
    (block (result i32) i32.const 1 br 0)
    drop)
)
