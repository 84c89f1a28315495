(module
  (import "host" "base" (global $base i32))
  (memory (export "memory") 1)
  (data (i32.const 0) "a\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00")
  (data (global.get $base) "b\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00")
  (data (i32.const 65530) "beyond the end")
)
