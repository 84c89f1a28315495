(module
  (tag $used (param i32))
  (tag $unused)
  (func $throws (throw $used (i32.const 1)) (drop (i32.const 2)))
  (func (export "run") (result i32)
    (block $h (result i32) (try_table (catch $used $h) (call $throws)) (i32.const 0)))
)
