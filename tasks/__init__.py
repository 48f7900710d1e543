"""What is done to documents, one module or package a step: discover, read, classify, extract, check, settle, store."""
