(component
  (type $gone (record (field "a" u8)))
  (core module $m (func (export "run")) (func $dead))
  (component $inner
    (alias outer 1 $m (core module $m))
    (core instance $i (instantiate $m))
    (func (export "run") (canon lift (core func $i "run"))))
  (instance $a (instantiate $inner))
  (export "run" (func $a "run"))
)
