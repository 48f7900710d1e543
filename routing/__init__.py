"""What is decided: signals, confidence, policy, prices. Pure functions over plain data; no I/O, no clock, no SDK."""
