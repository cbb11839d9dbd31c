"""One process at a time in the warehouse, and a turn that ends with its process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bruk.turns import WarehouseBusy, warehouse_turn
from contracts.paths import PRODUCT, SitePaths

HOLD = """
import sys, time
from pathlib import Path
from bruk.turns import warehouse_turn
from contracts.paths import SitePaths
with warehouse_turn(SitePaths(Path(sys.argv[1]))):
    print("mine", flush=True)
    time.sleep(60)
"""


def test_a_second_process_waits_and_then_says_who_is_in_the_way(tmp_path: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], cwd=PRODUCT, stdout=subprocess.PIPE)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"mine\n"
        with pytest.raises(WarehouseBusy, match="another refresh"), warehouse_turn(SitePaths(tmp_path), patience=0.2):
            pass
        holder.kill()
        with warehouse_turn(SitePaths(tmp_path), patience=5):
            pass
    finally:
        holder.kill()
        holder.communicate()


def test_turns_follow_each_other_in_one_process(tmp_path: Path) -> None:
    for _ in range(3):
        with warehouse_turn(SitePaths(tmp_path), patience=0.1):
            pass
