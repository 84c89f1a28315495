(module
  (type (;0;) (func (param i32)))
  (type (;1;) (func))
  (import "host" "asked" (func (;0;) (type 0)))
  (table (;0;) 1 funcref)
  (export "table" (table 0))
  (export "run" (func 2))
  (start 3)
  (elem (;0;) (i32.const 0) func 1)
  (func (;1;) (type 1)
    i32.const 2
    call 0
  )
  (func (;2;) (type 1)
    call 1
    i32.const 1
    call 0
    call 1
  )
  (func (;3;) (type 1)
    call 1
    call 1
    call 1
    i32.const 1
    call 0
    call 1
  )
)
