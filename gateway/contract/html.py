"""What the pages of the management port have in common: a frame and a style.

A page is one file, with no script and nothing from the network.
"""

import re
from html import escape
from string import Template

# A page has its style in itself, and nothing else.
POLICY = {"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'"}

_FRAME = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title $version</title>
<style>
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 2rem auto;
  padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem; }
th, td { border-bottom: 1px solid #8884; padding: .3rem .6rem; text-align: left;
  vertical-align: top; overflow-wrap: anywhere; }
th, td:nth-child(2) { white-space: nowrap; }
code, pre { font: .9em ui-monospace, monospace; }
pre { background: #8881; padding: .8rem; overflow-x: auto; border-radius: .4rem; }
h2 { margin-top: 3rem; border-bottom: 2px solid #7360f2; }
summary { cursor: pointer; }
</style>
</head>
<body>
<h1>$title <small>$version</small></h1>
$body
</body>
</html>
""")


def frame(title: str, version: str, body: str) -> str:
    """Write a whole page around its body."""
    return _FRAME.substitute(title=escape(title), version=escape(version), body=body)


def prose(words: str) -> str:
    """Write text in which names stand between backticks."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", escape(words))
