(module
  (import "host" "caught" (tag $caught (param i32)))
  (import "host" "unused" (tag $unused))
  (tag $own (param i64))
  (tag (export "seen"))
  (tag $dead)
  (memory 1 1 shared)
  (func (export "run") (result i32)
    (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
    atomic.fence
    (block $b (result i32)
      (try_table (catch $caught $b) (throw $own (i64.const 1)))
      unreachable))
)
