(module
  (type (;0;) (func))
  (type (;1;) (func (param i32)))
  (type (;2;) (func (param i32) (result i32)))
  (import "host" "asked" (func (;0;) (type 0)))
  (export "nothing" (func 1))
  (export "then" (func 2))
  (export "else" (func 3))
  (export "traps" (func 4))
  (export "loops" (func 5))
  (func (;1;) (type 1) (param i32))
  (func (;2;) (type 1) (param i32)
    local.get 0
    if ;; label = @1
      call 0
    end
  )
  (func (;3;) (type 1) (param i32)
    local.get 0
    if ;; label = @1
    else
      call 0
    end
  )
  (func (;4;) (type 2) (param i32) (result i32)
    local.get 0
    if (result i32) ;; label = @1
      unreachable
    else
      i32.const 1
    end
  )
  (func (;5;) (type 0)
    loop ;; label = @1
      br 0 (;@1;)
    end
  )
)
