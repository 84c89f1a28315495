(component
  ;; The second module is exported: whoever instantiates it knows its names.
  (core module $inner (func (export "a-long-name") (result i32) i32.const 1))
  (core module $known
    (import "a-long-module" "a-long-name" (func $f (result i32)))
    (func (export "another-long-name") (result i32) call $f))
  (core instance $i (instantiate $inner))
  (core instance $k (instantiate $known (with "a-long-module" (instance $i))))
  (func (export "run") (result s32) (canon lift (core func $k "another-long-name")))
  (export "known" (core module $known))
)
