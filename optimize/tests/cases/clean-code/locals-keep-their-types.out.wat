(module
  (type (;0;) (func (result i32)))
  (type (;1;) (func (param i32) (result i32)))
  (export "run" (func 0))
  (elem (;0;) declare func 1)
  (func (;0;) (type 1) (param i32) (result i32)
    (local (ref 0))
    ref.func 1
    local.set 1
    local.get 0
    i32.eqz
    if ;; label = @1
      unreachable
    end
    local.get 1
    call_ref 0
  )
  (func (;1;) (type 0) (result i32)
    i32.const 1
  )
)
