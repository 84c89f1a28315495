(component
  ;; What makes room has a global of the module, which can't be in two places.
  (import "host" (instance $host
    (export "read" (func (result string)))
    (export "write" (func (param "text" string)))))
  (core module $front
    (type (func (param i32)))
    (type (func (param i32 i32)))
    (table (export "table") 2 2 funcref)
    (func (export "0") (param i32) local.get 0 i32.const 0 call_indirect (type 0))
    (func (export "1") (param i32 i32) local.get 0 local.get 1 i32.const 1 call_indirect (type 1)))
  (core module $behind
    (import "" "0" (func $read (param i32)))
    (import "" "1" (func $write (param i32 i32)))
    (import "" "table" (table 2 2 funcref))
    (elem (i32.const 0) func $read $write))
  (core module $main
    (import "host" "read" (func $read (param i32)))
    (import "host" "write" (func $write (param i32 i32)))
    (memory (export "memory") 1)
    (data (i32.const 8) "\10")
    (global $top (mut i32) (i32.const 16))
    (func $make-room (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
      (global.set $top (i32.add (global.get $top) (local.get 3)))
      (i32.sub (global.get $top) (local.get 3)))
    (func (export "run")
      (call $read (i32.const 0))
      (call $write (call $make-room (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 5)) (i32.const 5))
      (call $write (call $make-room (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 6)) (i32.const 6))))
  (core instance $f (instantiate $front))
  (core instance $m (instantiate $main
    (with "host" (instance (export "read" (func $f "0")) (export "write" (func $f "1"))))))
  (alias core export $m "memory" (core memory $memory))
  (alias core export $m "cabi_realloc" (core func $realloc))
  (core func $read (canon lower (func $host "read") (memory $memory) (realloc $realloc)))
  (core func $write (canon lower (func $host "write") (memory $memory)))
  (core instance (instantiate $behind
    (with "" (instance
      (export "0" (func $read)) (export "1" (func $write)) (export "table" (table $f "table"))))))
  (func (export "run") (canon lift (core func $m "run"))))
