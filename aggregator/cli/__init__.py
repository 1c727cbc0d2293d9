"""The command line: one module per command group; each use case opens its transaction and calls `desk`."""
