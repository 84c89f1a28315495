(component
  (import "used" (func $used))
  (import "unused" (func $unused))
  (component $inner
    (import "a" (func $a))
    (import "b" (func $b))
    (core module $m
      (import "x" "a" (func $a))
      (import "x" "b" (func $b))
      (func $dead (call $b))
      (func (export "run") (call $a)))
    (core func $lower-a (canon lower (func $a)))
    (core func $lower-b (canon lower (func $b)))
    (core instance $i (instantiate $m
      (with "x" (instance (export "a" (func $lower-a)) (export "b" (func $lower-b))))))
    (func (export "run") (canon lift (core func $i "run"))))
  (instance $one (instantiate $inner (with "a" (func $used)) (with "b" (func $unused))))
  (export "run" (func $one "run"))
)
