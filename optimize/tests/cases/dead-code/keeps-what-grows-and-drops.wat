(module
  (memory (export "memory") 1)
  (table $t (export "table") 1 funcref)
  (data $data "passive")
  (elem $elements func $f)
  (func $f)
  (func (export "run") (result i32)
    (drop (memory.grow (i32.const 1)))
    (drop (table.grow $t (ref.null func) (i32.const 1)))
    (memory.init $data (i32.const 0) (i32.const 0) (i32.const 7))
    data.drop $data
    (table.init $t $elements (i32.const 0) (i32.const 0) (i32.const 1))
    elem.drop $elements
    memory.size)
)
