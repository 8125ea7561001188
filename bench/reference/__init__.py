"""Programs to compare with: plain FastAPI, and two in Go that are built on demand."""
