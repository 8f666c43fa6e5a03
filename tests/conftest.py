"""For all tests."""

import torch

torch.set_num_threads(1)  # the tests share few cores; a pool of threads only waits there
