(module
  (type (;0;) (func))
  (type (;1;) (func (param i32)))
  (type (;2;) (func (param i32) (result i32)))
  (import "host" "asked" (func (;0;) (type 0)))
  (export "nothing" (func 2))
  (export "then" (func 3))
  (export "else" (func 4))
  (export "traps" (func 5))
  (export "loops" (func 1))
  (func (;1;) (type 0)
    loop ;; label = @1
      br 0 (;@1;)
    end
  )
  (func (;2;) (type 1) (param i32))
  (func (;3;) (type 1) (param i32)
    local.get 0
    if ;; label = @1
      call 0
    end
  )
  (func (;4;) (type 1) (param i32)
    local.get 0
    if ;; label = @1
    else
      call 0
    end
  )
  (func (;5;) (type 2) (param i32) (result i32)
    local.get 0
    if (result i32) ;; label = @1
      unreachable
    else
      i32.const 1
    end
  )
)
