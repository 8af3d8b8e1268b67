"""From sequences with labels to packed windows."""
