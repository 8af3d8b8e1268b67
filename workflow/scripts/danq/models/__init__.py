"""The architectures, one a file, and the registry that builds them."""
