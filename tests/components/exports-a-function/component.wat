(component
  (core module (;0;)
    (type (;0;) (func (result i32)))
    (export "" (func 0))
    (func (;0;) (type 0) (result i32)
      i32.const 42
    )
  )
  (core instance (;0;) (instantiate 0))
  (type (;0;) (func (result u32)))
  (alias core export 0 "" (core func (;0;)))
  (func (;0;) (type 0) (canon lift (core func 0)))
  (export (;1;) "answer" (func 0))
)
