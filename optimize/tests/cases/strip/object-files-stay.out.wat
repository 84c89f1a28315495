(module
  (type (;0;) (func))
  (func $unused (;0;) (type 0))
  (@custom "linking" (after code) "\02")
)
