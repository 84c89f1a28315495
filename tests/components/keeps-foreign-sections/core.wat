(module $named
  (@custom "mik:openapi" "{}")
  (@custom "producers" "\00")
  (@custom ".debug_info" "dwarf")
  (@custom "target_features" "\00")
  (memory (export "memory") 1)
  (func $nothing (export "nothing")))
