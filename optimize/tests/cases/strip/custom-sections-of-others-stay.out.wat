(module
  (@dylink.0)
  (@custom "mine" (before first) "kept")
  (@custom "component-type:x" (before first) "WIT")
)
