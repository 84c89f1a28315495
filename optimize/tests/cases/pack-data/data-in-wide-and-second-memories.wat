(module
  (memory (export "one") i64 1)
  (memory (export "two") 1)
  (data (memory 1) (i32.const 4) "x\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00")
  (data (memory 0) (i64.const 32) "\00\00\00\00\00\00\00\00\00\00\00\00\00\00wide")
)
