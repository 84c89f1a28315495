(module
  (type (;0;) (func))
  (memory (;0;) 1)
  (export "memory" (memory 0))
  (export "f" (func 0))
  (func (;0;) (type 0)
    data.drop 0
  )
  (data (;0;) (i32.const 16) "\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00")
)
