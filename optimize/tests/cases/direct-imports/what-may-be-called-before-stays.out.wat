(component
  (core module (;0;)
    (type (;0;) (func (param i32)))
    (type (;1;) (func (param i32 i32)))
    (table (;0;) 2 2 funcref)
    (export "b" (table 0))
    (export "" (func 0))
    (export "a" (func 1))
    (func (;0;) (type 0) (param i32)
      local.get 0
      i32.const 0
      call_indirect (type 0)
    )
    (func (;1;) (type 1) (param i32 i32)
      local.get 0
      local.get 1
      i32.const 1
      call_indirect (type 1)
    )
  )
  (core module (;1;)
    (type (;0;) (func (param i32)))
    (type (;1;) (func (param i32 i32)))
    (import "" "" (func (;0;) (type 0)))
    (import "" "a" (func (;1;) (type 1)))
    (import "" "b" (table (;0;) 2 2 funcref))
    (elem (;0;) (i32.const 0) func 0 1)
  )
  (core module (;2;)
    (type (;0;) (func (param i32)))
    (type (;1;) (func (param i32 i32)))
    (type (;2;) (func (param i32 i32 i32 i32) (result i32)))
    (type (;3;) (func))
    (import "a" "f" (func (;0;) (type 0)))
    (import "a" "g" (func (;1;) (type 1)))
    (memory (;0;) 1)
    (export "e" (memory 0))
    (export "d" (func 2))
    (export "c" (func 3))
    (func (;2;) (type 2) (param i32 i32 i32 i32) (result i32)
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
    (func (;3;) (type 3)
      i32.const 0
      call 0
      i32.const 0
      i32.const 0
      i32.const 1
      i32.const 5
      call 2
      i32.const 5
      call 1
      i32.const 0
      i32.const 0
      i32.const 1
      i32.const 6
      call 2
      i32.const 6
      call 1
    )
    (data (;0;) (i32.const 8) "\10")
  )
  (core module (;3;)
    (type (;0;) (func))
    (import "" "c" (func (;0;) (type 0)))
    (start 0)
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
  (alias core export 0 "" (core func (;0;)))
  (alias core export 0 "a" (core func (;1;)))
  (alias core export 0 "b" (core table (;0;)))
  (core instance (;1;)
    (export "f" (func 0))
    (export "g" (func 1))
  )
  (core instance (;2;) (instantiate 2
      (with "a" (instance 1))
    )
  )
  (core instance (;3;) (instantiate 3
      (with "" (instance 2))
    )
  )
  (alias core export 2 "e" (core memory (;0;)))
  (alias core export 2 "d" (core func (;2;)))
  (alias core export 2 "c" (core func (;3;)))
  (core func (;4;) (canon lower (func 0) (memory 0) (realloc 2)))
  (core func (;5;) (canon lower (func 1) (memory 0)))
  (func (;2;) (type 1) (canon lift (core func 3)))
  (core instance (;4;)
    (export "" (func 4))
    (export "a" (func 5))
    (export "b" (table 0))
  )
  (core instance (;5;) (instantiate 1
      (with "" (instance 4))
    )
  )
  (export (;3;) "run" (func 2))
)
