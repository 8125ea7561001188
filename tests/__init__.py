"""Everything that proves the product, and what it is proved with."""
