"""SQL, and nothing but SQL: one module per noun; rows stay here, nouns go out."""
