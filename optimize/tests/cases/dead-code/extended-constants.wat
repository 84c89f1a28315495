(module
  (import "env" "base" (global $base i32))
  (global $unused i32 (i32.add (global.get $base) (i32.const 1)))
  (memory 1)
  (data (i32.add (global.get $base) (i32.const 1)) "\00\00x")
)
