(module
  (memory (export "memory") 1)
  (data (i32.const 16) "\00\00head\00\00\00\00\00\00\00\00\00\00\00\00\00\00tail\00\00\00\00")
  (data (i32.const 8) "first")
)
