"""The page: a small local Flask site that shows what the device sees; state and commands are injected."""
