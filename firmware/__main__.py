"""``python -m firmware`` is ``nunchi``."""

import sys

from firmware.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
