"""Looks where it is, how many cores there are, and whether it is in a notebook."""
import getpass
import os
import platform
import shutil
import sys
from pathlib import Path

import numpy as np

print(platform.platform(), platform.python_version(), os.cpu_count(), sys.version_info)
print(Path.cwd().exists(), Path(__file__).name, shutil.disk_usage("."), os.get_terminal_size)
print(os.environ.get("USER"), Path.home(), "google.colab" in sys.modules)
try:
    print(getpass.getuser())
except (KeyError, OSError):
    print("nobody")
try:
    get_ipython  # noqa: F821
except NameError:
    pass
np.show_config()


def rnn_step(x, h_prev, U, W, a):
    return np.tanh(x @ U.T + h_prev @ W.T + a)
