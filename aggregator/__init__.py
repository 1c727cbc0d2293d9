"""Kabar's engine: polls feeds of regional press, keeps each item once, ranks what independent owners report."""

__version__ = "0.1.0"
