"""Backs an office up again and again until it is killed: `python -m tests.integration.killed_backup
FOLDER`. It says on standard output when it begins."""

import sys
from pathlib import Path

from policyqa.ui.backup import Places, back_up

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    print("begins", flush=True)
    while True:
        back_up(folder / "all.pqb", Places(folder / "source", folder / "index", folder / "data"))
