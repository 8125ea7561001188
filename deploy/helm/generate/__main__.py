"""Writes the files; see the package."""

from deploy.helm.generate.files import CHART, generated

for name, text in generated().items():
    (CHART / name).write_text(text, encoding="utf-8")
