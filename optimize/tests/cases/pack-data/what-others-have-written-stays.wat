(module
  ;; The host's memory need not be zero.
  (import "host" "memory" (memory 1))
  (data (i32.const 0) "\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00a\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00")
)
