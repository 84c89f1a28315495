(module
  (import "" "x" (func $x))
  (import "" "y" (func $y (result i32)))
  ;; Without an end to meet at.
  (func (export "skip") (param i32)
    block $out
      local.get 0
      br_if $out
      call $x
    end)
  ;; An opposite costs nothing.
  (func (export "compare") (param i32 i64)
    block $out
      local.get 0
      i32.const 7
      i32.lt_u
      br_if $out
      call $x
    end
    block $out
      local.get 1
      i64.eqz
      br_if $out
      call $x
    end)
  ;; Both ways meet.
  (func (export "either") (param i32) (result i32)
    (local i32)
    block $end
      block $else
        local.get 0
        i32.eqz
        br_if $else
        call $y
        local.set 1
        br $end
      end
      i32.const 3
      local.set 1
    end
    local.get 1)
  ;; Another branch goes to the same end: it stays.
  (func (export "twice") (param i32 i32)
    block $out
      local.get 0
      br_if $out
      local.get 1
      br_if $out
      call $x
    end)
  ;; Something else is on the stack: it stays.
  (func (export "carried") (param i32)
    block $out
      call $y
      local.get 0
      br_if $out
      drop
      call $x
      unreachable
    end)
  ;; Branches further out keep where they go to.
  (func (export "out") (param i32 i32)
    block $far
      loop $again
        block $out
          local.get 0
          br_if $out
          local.get 1
          br_table $far $again $far
        end
        call $x
        br $again
      end
    end)
)
