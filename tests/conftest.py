"""For all tests.

Property tests draw the same examples in every run, so that the suite is green or red for a reason in the code;
`make fuzz` draws fresh ones.
"""

import os

import torch
from hypothesis import settings

torch.set_num_threads(1)  # the tests share few cores; a pool of threads only waits there

settings.register_profile("suite", derandomize=True, deadline=None, database=None)
settings.register_profile("fuzz", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))
