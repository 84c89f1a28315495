(module
  (type (;0;) (func))
  (type (;1;) (func (param i32)))
  (import "env" "f" (func (;0;) (type 0)))
  (memory (;0;) 1)
  (global (;0;) (mut i32) i32.const 0)
  (export "memory" (memory 0))
  (export "g" (global 0))
  (export "global" (func 2))
  (export "memory.store" (func 3))
  (export "call" (func 1))
  (export "load" (func 4))
  (export "divide" (func 5))
  (func (;1;) (type 0)
    call 0
    unreachable
  )
  (func (;2;) (type 0)
    i32.const 1
    global.set 0
    unreachable
  )
  (func (;3;) (type 0)
    i32.const 0
    i32.const 1
    i32.store
    unreachable
  )
  (func (;4;) (type 0)
    i32.const 70000
    i32.load
    drop
  )
  (func (;5;) (type 1) (param i32)
    i32.const 1
    local.get 0
    i32.div_s
    drop
  )
)
