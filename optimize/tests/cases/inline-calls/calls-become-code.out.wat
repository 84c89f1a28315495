(module
  (type (;0;) (func (param i32) (result i32)))
  (table (;0;) 1 1 funcref)
  (memory (;0;) 1)
  (export "in-a-loop" (func 4))
  (export "short" (func 2))
  (export "once" (func 3))
  (elem (;0;) (i32.const 0) func 1)
  (func (;0;) (type 0) (param i32) (result i32)
    local.get 0
    if (result i32) ;; label = @1
      local.get 0
      i32.const 1
      i32.sub
      call 0
    else
      local.get 0
      i32.load
    end
  )
  (func (;1;) (type 0) (param i32) (result i32)
    local.get 0
    i32.load offset=12
  )
  (func (;2;) (type 0) (param i32) (result i32)
    local.get 0
    i32.load offset=8
    i32.const 16
    i32.load offset=8
    i32.const 32
    i32.load offset=8
    i32.add
    i32.add
  )
  (func (;3;) (type 0) (param i32) (result i32)
    (local i32 i32)
    local.get 0
    i32.const 100000
    local.set 2
    local.tee 1
    i32.const 4
    i32.add
    local.tee 1
    local.get 2
    i32.store
    local.get 1
    local.get 2
    i32.store offset=4
    local.get 0
    call 0
    local.get 0
    i32.const 0
    call_indirect (type 0)
    i32.add
  )
  (func (;4;) (type 0) (param i32) (result i32)
    (local i32 i32)
    loop ;; label = @1
      local.get 2
      i32.const 0
      local.set 1
      block (result i32) ;; label = @2
        local.get 0
        i32.eqz
        if ;; label = @3
          i32.const 7
          br 1 (;@2;)
        end
        local.get 0
        i32.load
        if ;; label = @3
          i32.const 40
          local.set 1
        end
        local.get 0
        local.get 1
        i32.store
        local.get 1
        local.get 0
        i32.load offset=4
        i32.add
      end
      i32.add
      local.set 2
      local.get 0
      i32.const 1
      i32.sub
      local.tee 0
      br_if 0 (;@1;)
    end
    local.get 2
  )
)
