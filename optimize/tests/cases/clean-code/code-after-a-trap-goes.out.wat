(module
  (type (;0;) (func (param i32) (result i32)))
  (export "a" (func 0))
  (func (;0;) (type 0) (param i32) (result i32)
    (local i32)
    local.get 0
    if ;; label = @1
      unreachable
    end
    i32.const 7
    local.get 1
    i32.add
    return
  )
)
