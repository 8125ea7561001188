"""How the site of documents is built: `make docs` writes it to `build/docs`.

The repository's Markdown is taken from where it stands, so a link that works there
works here; one that leads nowhere fails the build (ADR 15).
"""
# ruff: noqa: INP001  Sphinx reads this file by its name

project = "viber-gateway"
copyright = "The viber-gateway authors"  # noqa: A001  Sphinx's own name for it
extensions = ["myst_parser"]
include_patterns = [
    "*.md",
    "bench/*.md",
    "bots/*.md",
    "bots/*/*.md",
    "deploy/helm/**.md",
    "docs/**.md",
    "schemas/*.md",
]
exclude_patterns = [".*", "build", "node_modules", "tests"]
root_doc = "docs/index"
myst_heading_anchors = 3  # headings down to ### can be linked to, as on GitHub
myst_enable_extensions = ["html_image"]  # pictures with a width of their own

html_theme = "furo"
html_title = project
html_extra_path = ["site"]
html_copy_source = False
html_theme_options = {"footer_icons": []}
pygments_style = "default"
pygments_dark_style = "monokai"
