(module
  (type (;0;) (func (param i32)))
  (type (;1;) (func))
  (type (;2;) (func (result i32)))
  (tag (;0;) (type 0) (param i32))
  (export "run" (func 1))
  (func (;0;) (type 1)
    i32.const 1
    throw 0
  )
  (func (;1;) (type 2) (result i32)
    block (result i32) ;; label = @1
      try_table (catch 0 0 (;@1;)) ;; label = @2
        call 0
      end
      i32.const 0
    end
  )
)
