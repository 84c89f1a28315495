(module
  (memory (;0;) i64 1)
  (memory (;1;) 1)
  (export "one" (memory 0))
  (export "two" (memory 1))
  (data (;0;) (i64.const 46) "wide")
  (data (;1;) (memory 1) (i32.const 4) "x")
)
