"""The folder of these tests stands on the path, for the functions that several of them draw."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
