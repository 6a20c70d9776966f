"""Workers of the features end with the process that started them, however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path
from tempfile import TemporaryDirectory

PARENT = """
import os, sys, time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from models.training.features_worker import start
from models.training.stem import export_stem
if __name__ == "__main__":
    stem = sys.argv[1]
    export_stem(stem)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=start, initargs=(stem,)) as pool:
        print(pool.submit(os.getpid).result(), flush=True)
        time.sleep(60)
"""


class FeaturesWorker(unittest.TestCase):
    def test_ends_when_its_parent_is_killed(self) -> None:
        folder = Path(self.enterContext(TemporaryDirectory()))
        (folder / "parent.py").write_text(PARENT)
        environment = {**os.environ, "PYTHONPATH": os.getcwd()}
        command = [sys.executable, "-W", "ignore", str(folder / "parent.py"), str(folder / "stem.onnx")]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as parent:
            worker = int(parent.stdout.readline())
            self.assertTrue(is_running(worker))
            parent.send_signal(signal.SIGKILL)
            parent.stdout.close()
        deadline = time.monotonic() + 20
        while is_running(worker) and time.monotonic() < deadline:
            time.sleep(0.1)
        self.assertFalse(is_running(worker))


def is_running(pid: int) -> bool:
    """Neither gone nor a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


if __name__ == "__main__":
    unittest.main()
