(module
  (type $t (func))
  (func $f (type $t))
  (func $unused (type $t))
  (elem declare func $f $unused)
  (func (export "run") (result funcref) ref.func $f)
)
