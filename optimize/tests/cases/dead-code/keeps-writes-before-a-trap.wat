(module
  ;; The last segment misses its memory, but those before it have been written to what is the host's.
  (import "host" "memory" (memory 1))
  (import "host" "table" (table 2 funcref))
  (memory $own 1)
  (elem (i32.const 0) func $f)
  (data (i32.const 0) "seen")
  (data (memory $own) (i32.const 65536) "!")
  (func $f)
)
