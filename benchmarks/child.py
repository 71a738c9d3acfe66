"""The process in which one measurement is made: calls ``module:name`` and prints what it gives."""

import json
import pkgutil
import sys

if __name__ == "__main__":
    _, function, arguments = sys.argv
    print(json.dumps(pkgutil.resolve_name(function)(**json.loads(arguments))))
