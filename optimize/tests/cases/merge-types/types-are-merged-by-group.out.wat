(module
  (rec
    (type (;0;) (struct (field (ref null 1))))
    (type (;1;) (struct (field i32)))
  )
  (rec
    (type (;2;) (struct (field (ref null 3))))
    (type (;3;) (struct (field i64)))
  )
  (type (;4;) (func))
  (type (;5;) (func (result (ref null 0))))
  (type (;6;) (func (result (ref null 2))))
  (export "x" (func 0))
  (export "y" (func 1))
  (export "get" (func 2))
  (export "got" (func 3))
  (func (;0;) (type 4))
  (func (;1;) (type 4)
    unreachable
  )
  (func (;2;) (type 5) (result (ref null 0))
    ref.null 0
  )
  (func (;3;) (type 6) (result (ref null 2))
    ref.null 2
  )
)
