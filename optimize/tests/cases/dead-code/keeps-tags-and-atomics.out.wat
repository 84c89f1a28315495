(module
  (type (;0;) (func (param i32)))
  (type (;1;) (func))
  (type (;2;) (func (param i64)))
  (type (;3;) (func (result i32)))
  (import "host" "caught" (tag (;0;) (type 0) (param i32)))
  (memory (;0;) 1 1 shared)
  (tag (;1;) (type 2) (param i64))
  (tag (;2;) (type 1))
  (export "seen" (tag 2))
  (export "run" (func 0))
  (func (;0;) (type 3) (result i32)
    i32.const 0
    i32.const 1
    i32.atomic.rmw.add
    drop
    atomic.fence
    block (result i32) ;; label = @1
      try_table (catch 0 0 (;@1;)) ;; label = @2
        i64.const 1
        throw 1
      end
      unreachable
    end
  )
)
