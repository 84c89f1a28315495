(module
  (type (;0;) (func (param i32)))
  (type (;1;) (func))
  (import "env" "f" (func (;0;) (type 0)))
  (table (;0;) 2 funcref)
  (memory (;0;) 1)
  (export "memory" (memory 0))
  (export "table" (table 0))
  (export "c" (func 2))
  (elem (;0;) (i32.const 0) func 1 1)
  (func (;1;) (type 1)
    i32.const 1
    call 0
    call 1
  )
  (func (;2;) (type 1)
    i32.const 2
    call 0
  )
)
