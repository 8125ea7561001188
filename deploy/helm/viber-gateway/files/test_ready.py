"""Every role has a pod that is ready. Run by `helm test`, with the URLs of /readyz."""

import sys
from urllib.request import urlopen

for url in sys.argv[1:]:
    with urlopen(url, timeout=10) as answer:
        print(url, answer.status)
