(module
  (type (;0;) (func (param i32)))
  (type (;1;) (func))
  (type (;2;) (func (result i32)))
  (import "host" "asked" (func (;0;) (type 0)))
  (table (;0;) 3 funcref)
  (export "table" (table 0))
  (start 3)
  (elem (;0;) (i32.const 0) func 1 2)
  (func (;1;) (type 1)
    i32.const 1
    call 0
  )
  (func (;2;) (type 2) (result i32)
    i32.const 2
  )
  (func (;3;) (type 1)
    i32.const 3
    call 0
  )
)
