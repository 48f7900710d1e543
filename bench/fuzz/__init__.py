"""Mutated documents through the real reading processes and into a store: nothing may crash, hang, grow or get lost."""
