(module
  (type (;0;) (func))
  (type (;1;) (func (result funcref)))
  (export "run" (func 1))
  (elem (;0;) declare func 0)
  (func (;0;) (type 0))
  (func (;1;) (type 1) (result funcref)
    ref.func 0
  )
)
