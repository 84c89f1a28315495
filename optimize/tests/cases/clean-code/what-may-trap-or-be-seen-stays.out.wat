(module
  (type (;0;) (func (result i32)))
  (type (;1;) (func (param i32)))
  (import "host" "asked" (func (;0;) (type 0)))
  (table (;0;) 1 funcref)
  (memory (;0;) 1)
  (global (;0;) (mut i32) i32.const 0)
  (export "dropped" (func 3))
  (export "before-a-trap" (func 2))
  (export "read" (func 1))
  (func (;1;) (type 0) (result i32)
    global.get 0
  )
  (func (;2;) (type 1) (param i32)
    i32.const 7
    global.set 0
    i32.const 0
    local.get 0
    i32.store
    call 0
    unreachable
  )
  (func (;3;) (type 1) (param i32)
    i32.const 1
    local.get 0
    i32.div_u
    drop
    local.get 0
    i32.load
    drop
    i32.const 1
    memory.grow
    drop
    local.get 0
    table.get 0
    drop
    f32.const nan (;=NaN;)
    i32.trunc_f32_s
    drop
    call 0
    drop
  )
)
