(module
  (memory (export "memory") 1)
  (data (i32.const 16) "over\00\00\00\00\00\00\00\00\00\00\00\00")
  (data (i32.const 18) "\00\00")
)
