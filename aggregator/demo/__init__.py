"""A small fictional press on loopback, for the demonstration, tests and benchmarks; everything in it is invented."""
