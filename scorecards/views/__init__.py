"""View models, one module per page: edition in, plain values out. May not read files, nor write HTML."""
