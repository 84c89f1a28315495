(module $m
  (type (;0;) (func))
  (type (;1;) (func (param i32)))
  (export "run" (func $run))
  (func $often (;0;) (type 1) (param i32)
    local.get 0
    if ;; label = @1
      i32.const 0
      call $often
    end
  )
  (func $run (;1;) (type 0)
    i32.const 1
    call $often
  )
)
