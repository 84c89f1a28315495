(module
  (type (;0;) (func))
  (type (;1;) (func (result i32)))
  (type (;2;) (func (param i32)))
  (type (;3;) (func (param i32 i64)))
  (type (;4;) (func (param i32) (result i32)))
  (type (;5;) (func (param i32 i32)))
  (import "" "x" (func (;0;) (type 0)))
  (import "" "y" (func (;1;) (type 1)))
  (export "skip" (func 2))
  (export "compare" (func 4))
  (export "either" (func 5))
  (export "twice" (func 6))
  (export "carried" (func 3))
  (export "out" (func 7))
  (func (;2;) (type 2) (param i32)
    local.get 0
    i32.eqz
    if ;; label = @1
      call 0
    end
  )
  (func (;3;) (type 2) (param i32)
    block ;; label = @1
      call 1
      local.get 0
      br_if 0 (;@1;)
      drop
      call 0
      unreachable
    end
  )
  (func (;4;) (type 3) (param i32 i64)
    local.get 0
    i32.const 7
    i32.ge_u
    if ;; label = @1
      call 0
    end
    local.get 1
    i64.eqz
    i32.eqz
    if ;; label = @1
      call 0
    end
  )
  (func (;5;) (type 4) (param i32) (result i32)
    (local i32)
    local.get 0
    if ;; label = @1
      call 1
      local.set 1
    else
      i32.const 3
      local.set 1
    end
    local.get 1
  )
  (func (;6;) (type 5) (param i32 i32)
    block ;; label = @1
      local.get 0
      br_if 0 (;@1;)
      local.get 1
      br_if 0 (;@1;)
      call 0
    end
  )
  (func (;7;) (type 5) (param i32 i32)
    block ;; label = @1
      loop ;; label = @2
        local.get 0
        i32.eqz
        if ;; label = @3
          local.get 1
          br_table 2 (;@1;) 1 (;@2;) 2 (;@1;)
        end
        call 0
        br 0 (;@2;)
      end
    end
  )
)
