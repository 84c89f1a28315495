(module
  (memory (;0;) 1)
  (export "memory" (memory 0))
  (data (;0;) (i32.const 16) "over\00\00\00\00\00\00\00\00\00\00\00\00")
  (data (;1;) (i32.const 18) "\00\00")
)
