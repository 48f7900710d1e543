"""How the models behind header fields are made: examples, training, and the confidence of what they choose."""
