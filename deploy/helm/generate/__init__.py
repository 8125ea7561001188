"""Makes the parts of the chart that follow from something else.

    python -m deploy.helm.generate

The table in README.md and values.schema.json follow from values.yaml and from the
gateway's settings, the dashboard from a table of panels.  The tests compare.
"""
