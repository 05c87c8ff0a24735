"""
Tries to reach the outside, as anything in the confinement could: by address and by name, directly and through the
proxy that the environment names. All of it has to fail. Prints one line of JSON: what each attempt came to.
"""

import json
import socket
import sys
import urllib.error
import urllib.request


def outcome(attempt):
    try:
        attempt()
    except urllib.error.HTTPError as refusal:
        return f"refused: HTTP {refusal.code}"
    except (OSError, urllib.error.URLError) as refusal:
        return f"failed: {refusal}"
    return "reached"


def connect(host, port):
    socket.create_connection((host, port), timeout=3).close()


def main():
    how, address, name = sys.argv[1:4]
    if how == "direct":
        results = {
            f"{address}:443": outcome(lambda: connect(address, 443)),
            f"{name}:443": outcome(lambda: connect(name, 443)),
        }
    else:
        # Through the proxy only: without one the attempt would go out for real.
        results = {
            f"{address}:80": outcome(lambda: urllib.request.urlopen(f"http://{address}/", timeout=3)),
            f"{name}:443": outcome(lambda: urllib.request.urlopen(f"https://{name}/", timeout=3)),
        }
    print(json.dumps(results))


main()
