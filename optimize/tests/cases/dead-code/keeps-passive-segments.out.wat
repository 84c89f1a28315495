(module
  (type (;0;) (func))
  (table (;0;) 4 funcref)
  (memory (;0;) 1)
  (export "memory" (memory 0))
  (export "run" (func 1))
  (elem (;0;) func 0)
  (func (;0;) (type 0))
  (func (;1;) (type 0)
    i32.const 0
    i32.const 0
    i32.const 4
    memory.init 0
    data.drop 0
    i32.const 0
    i32.const 0
    i32.const 1
    table.init 0
    i32.const 0
    call_indirect (type 0)
  )
  (data (;0;) "used")
)
