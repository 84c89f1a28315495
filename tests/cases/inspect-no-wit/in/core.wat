;; A core module: it has no types of its own.
(module (func (export "run")))
