"""What the comparisons with PyTorch share."""

from __future__ import annotations

import torch

# Two threads gain nothing on networks this small, and each waits for the other in a loop that keeps
# its core busy: beside other work that took six times as long.
torch.set_num_threads(1)
