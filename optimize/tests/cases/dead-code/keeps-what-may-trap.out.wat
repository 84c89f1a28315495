(module
  (type (;0;) (func))
  (table (;0;) 1 funcref)
  (memory (;0;) 1)
  (elem (;0;) (i32.const 1) func 0)
  (func (;0;) (type 0))
  (data (;0;) (i32.const 65535) "ab")
)
