"""The site of documents: built whole, and read where there is no internet."""
