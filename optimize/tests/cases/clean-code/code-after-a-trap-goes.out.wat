(module
  (type (;0;) (func (param i32) (result i32)))
  (export "a" (func 0))
  (func (;0;) (type 0) (param i32) (result i32)
    (local i32 i32 i64)
    local.get 0
    if ;; label = @1
      unreachable
    end
    i32.const 7
    local.set 1
    i64.const 7
    local.set 3
    local.get 1
    local.get 2
    i32.add
    return
  )
)
