(module
  (type (;0;) (func))
  (import "env" "used" (func (;0;) (type 0)))
  (table (;0;) 2 funcref)
  (global (;0;) (mut i32) i32.const 1)
  (export "run" (func 2))
  (elem (;0;) (table 0) (i32.const 0) func 1)
  (func (;1;) (type 0)
    i32.const 3
    global.set 0
  )
  (func (;2;) (type 0)
    call 0
    i32.const 0
    call_indirect (type 0)
  )
)
