import sys
from pathlib import Path

collect_ignore = ["toys"]  # they are tried in a copy of the house, by test_adding.py
sys.path.insert(0, str(Path(__file__).parent))  # for small_subjects
