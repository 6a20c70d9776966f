"""Training of a model set on a world with known truth. Opt-in: the product runs the shipped ONNX files without it."""
