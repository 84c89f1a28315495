(module
  (@custom "linking" "\02")
  (func $unused)
)
