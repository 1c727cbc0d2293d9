"""Pure decisions: nouns in, nouns out, no I/O and no clock."""
