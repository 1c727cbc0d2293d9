"""Benchmarks: scripts with a printed figure, run by `make bench`. Only ratios within one run count."""
