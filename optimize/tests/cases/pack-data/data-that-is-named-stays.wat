(module
  (memory (export "memory") 1)
  (data $d (i32.const 16) "\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00")
  (func (export "f") (data.drop $d))
)
