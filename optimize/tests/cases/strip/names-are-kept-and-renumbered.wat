;; names: keep
(module $m
  (func $gone)
  (func $often (param $p i32))
  (func $run (export "run") (call $often (i32.const 1)))
)
