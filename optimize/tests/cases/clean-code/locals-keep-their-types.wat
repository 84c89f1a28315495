(module
  (type $f (func (result i32)))
  (func (export "run") (param i32) (result i32)
    (local $unused i64) (local $reference (ref $f)) (local $number f32) (local $other (ref null $f))
    (local.set $reference (ref.func $one))
    (if (i32.eqz (local.get 0)) (then (local.set $other (local.get $reference)) unreachable))
    (local.set $number (f32.const 1))
    (local.get $number)
    drop
    (call_ref $f (local.get $reference)))
  (func $one (type $f) i32.const 1)
  (elem declare func $one)
)
