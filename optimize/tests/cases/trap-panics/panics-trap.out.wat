(module
  (type (;0;) (func (param i32)))
  (type (;1;) (func))
  (import "env" "print" (func (;0;) (type 0)))
  (export "run" (func 3))
  (export "mine" (func 4))
  (func (;1;) (type 0) (param i32)
    local.get 0
    call 0
  )
  (func (;2;) (type 0) (param i32)
    local.get 0
    call 0
    unreachable
  )
  (func (;3;) (type 0) (param i32)
    local.get 0
    if ;; label = @1
      unreachable
    end
    i32.const 1
    call 1
  )
  (func (;4;) (type 1)
    i32.const 1
    call 2
  )
)
