(module
  (type (;0;) (sub (func (result i32))))
  (type (;1;) (func (result i32)))
  (type (;2;) (func))
  (type (;3;) (func (param i32) (result i32)))
  (import "host" "one" (func (;0;) (type 2)))
  (import "host" "two" (func (;1;) (type 2)))
  (table (;0;) 4 funcref)
  (export "table" (table 0))
  (export "call" (func 6))
  (elem (;0;) (i32.const 0) func 4 5 2 3)
  (func (;2;) (type 0) (result i32)
    i32.const 1
  )
  (func (;3;) (type 1) (result i32)
    i32.const 1
  )
  (func (;4;) (type 2)
    call 0
  )
  (func (;5;) (type 2)
    call 1
  )
  (func (;6;) (type 3) (param i32) (result i32)
    local.get 0
    call_indirect (type 1)
  )
)
