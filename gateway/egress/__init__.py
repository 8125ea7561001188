"""Command in, call of Viber, result out."""
