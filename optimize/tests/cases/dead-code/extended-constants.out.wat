(module
  (import "env" "base" (global (;0;) i32))
  (memory (;0;) 1)
  (data (;0;) (offset global.get 0 i32.const 1 i32.add) "\00\00x")
)
