(module
  (type (;0;) (func (param i32)))
  (type (;1;) (func))
  (import "env" "print" (func (;0;) (type 0)))
  (export "run" (func 1))
  (export "mine" (func 2))
  (func (;1;) (type 0) (param i32)
    local.get 0
    if ;; label = @1
      unreachable
    end
    i32.const 1
    call 0
  )
  (func (;2;) (type 1)
    i32.const 1
    call 0
    unreachable
  )
)
