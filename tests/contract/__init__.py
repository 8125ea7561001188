"""The same truths seen from two sides: documents, schemas, fixtures, code."""
