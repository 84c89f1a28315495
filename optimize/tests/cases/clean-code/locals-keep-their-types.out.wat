(module
  (type (;0;) (func (result i32)))
  (type (;1;) (func (param i32) (result i32)))
  (export "run" (func 1))
  (elem (;0;) declare func 0)
  (func (;0;) (type 0) (result i32)
    i32.const 1
  )
  (func (;1;) (type 1) (param i32) (result i32)
    (local (ref 0))
    ref.func 0
    local.set 1
    local.get 0
    i32.eqz
    if ;; label = @1
      unreachable
    end
    local.get 1
    call_ref 0
  )
)
