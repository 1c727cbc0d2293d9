"""Documents: bytes in and out, pure. Readers raise FeedError and nothing else."""
