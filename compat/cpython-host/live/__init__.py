"""The two picklers of one process, held against each other: see `fuzz_live.py`."""
