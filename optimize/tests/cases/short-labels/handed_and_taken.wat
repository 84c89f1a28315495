;; What the first one is given and gives, and what the second one is given, is known in here alone. The instance of the second one
;; goes out whole: what that exports keeps its name.
(component
  (import "wasi:cli/environment@0.2.0" (instance $environment (export "get-environment" (func (result string)))))
  (component $handler
    (import "wasi:cli/environment@0.2.0" (instance $environment (export "get-environment" (func (result string)))))
    (alias export $environment "get-environment" (func $get))
    (export "handle-everything" (func $get))
  )
  (component $door
    (import "import-func-handle" (func $handle (result string)))
    (export "handle" (func $handle))
  )
  (instance $inside (instantiate $handler (with "wasi:cli/environment@0.2.0" (instance $environment))))
  (alias export $inside "handle-everything" (func $handle))
  (instance $outside (instantiate $door (with "import-func-handle" (func $handle))))
  (export "mik:core/handler@0.1.0" (instance $outside))
)
