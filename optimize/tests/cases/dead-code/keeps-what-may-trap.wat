(module
  ;; This segment is out of bounds: instantiation traps, and still does so.
  (memory 1)
  (data (i32.const 65535) "ab")
  (table 1 funcref)
  (elem (i32.const 1) func $f)
  (func $f)
)
