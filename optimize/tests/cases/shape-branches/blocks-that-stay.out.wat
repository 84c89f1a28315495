(module
  (type (;0;) (func (param i32)))
  (type (;1;) (func (param i32) (result i32)))
  (type (;2;) (func (param f32)))
  (import "host" "asked" (func (;0;) (type 0)))
  (export "two-ways-out" (func 5))
  (export "with-a-result" (func 6))
  (export "with-more-below" (func 1))
  (export "again" (func 2))
  (export "from-within" (func 4))
  (export "one-of-many" (func 3))
  (export "no-number" (func 7))
  (func (;1;) (type 0) (param i32)
    block ;; label = @1
      i32.const 9
      local.get 0
      br_if 0 (;@1;)
      call 0
    end
  )
  (func (;2;) (type 0) (param i32)
    loop ;; label = @1
      local.get 0
      br_if 0 (;@1;)
      i32.const 1
      call 0
    end
  )
  (func (;3;) (type 0) (param i32)
    block ;; label = @1
      block ;; label = @2
        local.get 0
        br_table 1 (;@1;) 0 (;@2;)
      end
      i32.const 1
      call 0
    end
  )
  (func (;4;) (type 0) (param i32)
    block ;; label = @1
      block ;; label = @2
        local.get 0
        br_if 1 (;@1;)
        i32.const 1
        call 0
      end
      i32.const 2
      call 0
    end
  )
  (func (;5;) (type 0) (param i32)
    block ;; label = @1
      local.get 0
      br_if 0 (;@1;)
      i32.const 1
      call 0
      local.get 0
      br_if 0 (;@1;)
      i32.const 2
      call 0
    end
  )
  (func (;6;) (type 1) (param i32) (result i32)
    block (result i32) ;; label = @1
      i32.const 1
      local.get 0
      br_if 0 (;@1;)
      drop
      i32.const 2
    end
  )
  (func (;7;) (type 2) (param f32)
    local.get 0
    f32.const 0x1p+0 (;=1;)
    f32.lt
    i32.eqz
    if ;; label = @1
      i32.const 1
      call 0
    end
  )
)
