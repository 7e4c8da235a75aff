"""Pages of the actors: directory, sheets, mobilisation, imports."""
