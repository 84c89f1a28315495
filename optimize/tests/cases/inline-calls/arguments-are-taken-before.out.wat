(module
  (type (;0;) (func (param i32 i32) (result i32)))
  (type (;1;) (func (param i32) (result i32)))
  (import "host" "asked" (func (;0;) (type 0)))
  (export "a" (func 3))
  (export "b" (func 4))
  (func (;1;) (type 0) (param i32 i32) (result i32)
    local.get 0
    local.get 1
    call 0
  )
  (func (;2;) (type 0) (param i32 i32) (result i32)
    local.get 1
    local.get 0
    call 0
    local.tee 0
    local.get 1
    call 0
  )
  (func (;3;) (type 1) (param i32) (result i32)
    local.get 0
    i32.const 5
    local.tee 0
    call 2
  )
  (func (;4;) (type 1) (param i32) (result i32)
    local.get 0
    i32.const 1
    i32.const 2
    call 0
    local.tee 0
    call 1
  )
)
