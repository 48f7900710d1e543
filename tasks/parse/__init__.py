"""Strict reading of amounts, quantities and dates: what could mean two things is told as two things, never guessed."""
