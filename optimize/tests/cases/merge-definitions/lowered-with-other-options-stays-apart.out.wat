(component
  (type (;0;) (func (param "text" string)))
  (type (;1;) (func))
  (core module (;0;)
    (memory (;0;) 1)
    (export "" (memory 0))
  )
  (core module (;1;)
    (type (;0;) (func (param i32 i32)))
    (type (;1;) (func))
    (import "" "a" (func (;0;) (type 0)))
    (import "" "b" (func (;1;) (type 0)))
    (import "" "c" (func (;2;) (type 0)))
    (export "d" (func 3))
    (func (;3;) (type 1)
      i32.const 0
      i32.const 1
      call 0
      i32.const 0
      i32.const 1
      call 1
      i32.const 0
      i32.const 1
      call 2
    )
  )
  (import "say" (func (;0;) (type 0)))
  (core instance (;0;) (instantiate 0))
  (core instance (;1;) (instantiate 0))
  (alias core export 0 "" (core memory (;0;)))
  (alias core export 1 "" (core memory (;1;)))
  (core func (;0;) (canon lower (func 0) (memory 0)))
  (core func (;1;) (canon lower (func 0) (memory 1)))
  (core instance (;2;)
    (export "a" (func 0))
    (export "b" (func 1))
    (export "c" (func 0))
  )
  (core instance (;3;) (instantiate 1
      (with "" (instance 2))
    )
  )
  (alias core export 3 "d" (core func (;2;)))
  (func (;1;) (type 1) (canon lift (core func 2)))
  (export (;2;) "run" (func 1))
)
