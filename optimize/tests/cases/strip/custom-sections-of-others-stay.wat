(module
  (@custom "component-type:x" "WIT")
  (@custom "producers" "\00")
  (@custom "dylink.0" (before first) "")
  (@custom "mine" (after code) "kept")
  (@custom ".debug_info" "gone")
  (func $gone)
)
