(component
  (core module (;0;)
    (type (;0;) (func (param i32 i32 i32 i32) (result i32)))
    (memory (;0;) 1)
    (export "" (memory 0))
    (export "a" (func 0))
    (func (;0;) (type 0) (param i32 i32 i32 i32) (result i32)
      i32.const 8
      i32.const 8
      i32.load
      local.get 3
      i32.add
      i32.store
      i32.const 8
      i32.load
      local.get 3
      i32.sub
    )
  )
  (core module (;1;)
    (type (;0;) (func (param i32)))
    (type (;1;) (func (param i32 i32)))
    (type (;2;) (func))
    (import "" "b" (func (;0;) (type 0)))
    (import "" "d" (func (;1;) (type 1)))
    (import "a" "" (memory (;0;) 1))
    (export "c" (func 2))
    (func (;2;) (type 2)
      i32.const 0
      call 0
      i32.const 8
      i32.const 8
      i32.load
      i32.const 5
      i32.add
      i32.store
      i32.const 8
      i32.load
      i32.const 5
      i32.sub
      i32.const 5
      call 1
      i32.const 8
      i32.const 8
      i32.load
      i32.const 6
      i32.add
      i32.store
      i32.const 8
      i32.load
      i32.const 6
      i32.sub
      i32.const 6
      call 1
    )
    (data (;0;) (i32.const 8) "\10")
  )
  (type (;0;)
    (instance
      (type (;0;) (func (result string)))
      (export (;0;) "read" (func (type 0)))
      (type (;1;) (func (param "text" string)))
      (export (;1;) "write" (func (type 1)))
    )
  )
  (type (;1;) (func))
  (import "host" (instance (;0;) (type 0)))
  (alias export 0 "read" (func (;0;)))
  (alias export 0 "write" (func (;1;)))
  (core instance (;0;) (instantiate 0))
  (alias core export 0 "" (core memory (;0;)))
  (alias core export 0 "a" (core func (;0;)))
  (core func (;1;) (canon lower (func 0) (memory 0) (realloc 0)))
  (core func (;2;) (canon lower (func 1) (memory 0)))
  (core instance (;1;)
    (export "b" (func 1))
    (export "d" (func 2))
  )
  (core instance (;2;) (instantiate 1
      (with "" (instance 1))
      (with "a" (instance 0))
    )
  )
  (alias core export 2 "c" (core func (;3;)))
  (func (;2;) (type 1) (canon lift (core func 3)))
  (export (;3;) "run" (func 2))
)
