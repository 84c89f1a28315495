(module
  (memory (;0;) 1)
  (export "memory" (memory 0))
  (data (;0;) (i32.const 8) "first\00\00\00\00\00head")
  (data (;1;) (i32.const 36) "tail")
)
