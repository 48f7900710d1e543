"""ASK a model: build the request, send it, and believe of the answer only what the pages bear out."""
