(module
  (type (;0;) (func (param i32) (result i32)))
  (type (;1;) (func (result funcref)))
  (table (;0;) 2 funcref)
  (global (;0;) funcref ref.func 0)
  (global (;1;) funcref ref.func 0)
  (export "table" (table 0))
  (export "a" (global 0))
  (export "b" (global 1))
  (export "first" (func 0))
  (export "second" (func 0))
  (export "third" (func 1))
  (export "fourth" (func 2))
  (elem (;0;) (i32.const 0) func 0 0)
  (func (;0;) (type 0) (param i32) (result i32)
    local.get 0
    call 0
  )
  (func (;1;) (type 0) (param i32) (result i32)
    local.get 0
    return_call 0
  )
  (func (;2;) (type 1) (result funcref)
    ref.func 0
  )
)
