"""The proof with the broken lock starts real processes and takes a minute and a half: it belongs to `make thorough`."""

import os

collect_ignore = [] if os.environ.get("TRYGGHET_THOROUGH") else ["test_broken_lock.py"]
