"""Business papers written by hand, each in a look of its own, that nothing is trained on or fitted to: they measure."""
