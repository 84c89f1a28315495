(module
  (import "host" "base" (global (;0;) i32))
  (memory (;0;) 1)
  (export "memory" (memory 0))
  (data (;0;) (i32.const 0) "a\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00")
  (data (;1;) (global.get 0) "b\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00")
  (data (;2;) (i32.const 65530) "beyond the end")
)
