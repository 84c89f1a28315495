(component
  (import "theirs" (core module $theirs (import "from" "f" (func)) (export "g" (func))))
  (core module $m (func (export "f")) (func (export "unused")) (func $dead))
  (core instance $i (instantiate $m))
  (core instance $t (instantiate $theirs (with "from" (instance $i))))
  (func (export "run") (canon lift (core func $t "g")))
)
