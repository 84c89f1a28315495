(module
  (type (;0;) (func (param i32) (result i32)))
  (type (;1;) (func (result funcref)))
  (import "host" "asked" (func (;0;) (type 0)))
  (table (;0;) 1 funcref)
  (export "table" (table 0))
  (export "a" (func 5))
  (export "b" (func 6))
  (export "c" (func 9))
  (export "d" (func 7))
  (export "e" (func 8))
  (elem (;0;) (i32.const 0) func 2)
  (elem (;1;) declare func 1)
  (func (;1;) (type 0) (param i32) (result i32)
    local.get 0
    i32.const 1
    i32.add
    call 0
  )
  (func (;2;) (type 0) (param i32) (result i32)
    local.get 0
    call 0
  )
  (func (;3;) (type 0) (param i32) (result i32)
    local.get 0
    if (result i32) ;; label = @1
      local.get 0
      call 0
      call 3
    else
      i32.const 1
    end
  )
  (func (;4;) (type 0) (param i32) (result i32)
    (local i32)
    loop ;; label = @1
      local.get 1
      i32.const 1
      i32.add
      local.tee 1
      call 0
      br_if 0 (;@1;)
    end
    local.get 1
    local.get 0
    i32.eq
    if ;; label = @1
      i32.const 9
      return
    end
    local.get 1
  )
  (func (;5;) (type 0) (param i32) (result i32)
    local.get 0
    call 2
  )
  (func (;6;) (type 0) (param i32) (result i32)
    local.get 0
    call 1
  )
  (func (;7;) (type 0) (param i32) (result i32)
    local.get 0
    call 3
  )
  (func (;8;) (type 0) (param i32) (result i32)
    loop ;; label = @1
      local.get 0
      call 4
      br_if 0 (;@1;)
    end
    i32.const 1
  )
  (func (;9;) (type 1) (result funcref)
    ref.func 1
  )
)
