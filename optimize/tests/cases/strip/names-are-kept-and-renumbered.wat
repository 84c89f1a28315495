;; names: keep
(module $m
  (func $gone)
  (func $often (param $p i32) (if (local.get $p) (then (call $often (i32.const 0)))))
  (func $run (export "run") (call $often (i32.const 1)))
)
