(module
  (type (;0;) (func))
  (type (;1;) (func (result i32)))
  (table (;0;) 1 funcref)
  (memory (;0;) 1)
  (export "memory" (memory 0))
  (export "table" (table 0))
  (export "run" (func 1))
  (elem (;0;) func 0)
  (func (;0;) (type 0))
  (func (;1;) (type 1) (result i32)
    i32.const 1
    memory.grow
    drop
    ref.null func
    i32.const 1
    table.grow 0
    drop
    i32.const 0
    i32.const 0
    i32.const 7
    memory.init 0
    data.drop 0
    i32.const 0
    i32.const 0
    i32.const 1
    table.init 0
    elem.drop 0
    memory.size
  )
  (data (;0;) "passive")
)
