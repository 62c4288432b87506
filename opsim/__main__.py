"""`python -m opsim` is the command `opsim`."""

import sys

from opsim.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
