;; Definitions of one kind get one section, as far as none stands before what it refers to; imports stay in their order.
(component
  (type $a (instance (export "r" (type (sub resource)))))
  (import "a" (instance $a (type $a)))
  (alias export $a "r" (type $r))
  (type $b (func))
  (import "b" (func $b (type $b)))
  (core func $lowered-b (canon lower (func $b)))
  (type $c (func (param "r" (borrow $r))))
  (import "c" (func $c (type $c)))
  (core func $lowered-c (canon lower (func $c)))
  (core module $m
    (import "e" "b" (func $b))
    (import "e" "c" (func $c (param i32)))
    (func (export "run") (call $b) (call $c (i32.const 0))))
  (core instance $e (export "b" (func $lowered-b)) (export "c" (func $lowered-c)))
  (core instance $i (instantiate $m (with "e" (instance $e))))
  (func (export "run") (canon lift (core func $i "run")))
)
