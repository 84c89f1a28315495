(module
  (type (;0;) (func (param i32)))
  (import "host" "say" (func (;0;) (type 0)))
  (export "1" (func 4))
  (export "2" (func 3))
  (export "3" (func 6))
  (export "4" (func 2))
  (export "5" (func 5))
  (export "6" (func 1))
  (func (;1;) (type 0) (param i32)
    unreachable
  )
  (func (;2;) (type 0) (param i32)
    i32.const 4
    return_call 0
  )
  (func (;3;) (type 0) (param i32)
    i32.const 2
    call 0
    local.get 0
    br_if 0
    unreachable
  )
  (func (;4;) (type 0) (param i32)
    i32.const 1
    call 0
    local.get 0
    if ;; label = @1
      return
    end
    unreachable
  )
  (func (;5;) (type 0) (param i32)
    i32.const 5
    call 0
    local.get 0
    i32.eqz
    if ;; label = @1
      unreachable
    end
  )
  (func (;6;) (type 0) (param i32)
    i32.const 3
    call 0
    block ;; label = @1
      local.get 0
      br_table 0 (;@1;) 1
    end
    unreachable
  )
)
