(component
  (type $a (resource (rep i32)))
  (type $b (resource (rep i32)))
  (export "a" (type $a))
  (export "b" (type $b))
)
