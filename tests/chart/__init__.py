"""The Helm chart: rendered by real Helm, and judged by what its objects are."""
