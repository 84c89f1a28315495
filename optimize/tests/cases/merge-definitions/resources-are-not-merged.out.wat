(component
  (type (;0;) (resource (rep i32)))
  (type (;1;) (resource (rep i32)))
  (export (;2;) "a" (type 0))
  (export (;3;) "b" (type 1))
)
