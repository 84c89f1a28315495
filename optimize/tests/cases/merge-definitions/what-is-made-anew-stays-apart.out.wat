(component
  (core module (;0;)
    (type (;0;) (func (result i32)))
    (global (;0;) (mut i32) i32.const 0)
    (export "" (func 0))
    (func (;0;) (type 0) (result i32)
      global.get 0
      i32.const 1
      i32.add
      global.set 0
      global.get 0
    )
  )
  (core instance (;0;) (instantiate 0))
  (core instance (;1;) (instantiate 0))
  (alias core export 0 "" (core func (;0;)))
  (alias core export 1 "" (core func (;1;)))
  (type (;0;) (func (result u32)))
  (func (;0;) (type 0) (canon lift (core func 0)))
  (func (;1;) (type 0) (canon lift (core func 1)))
  (export (;2;) "one" (func 0))
  (export (;3;) "two" (func 1))
)
