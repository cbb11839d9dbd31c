"""A state map reads every state of a kind of machine in one way; what says more goes before what says less."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from contracts.errors import ContractError
from contracts.paths import PRODUCT, STANDARD
from contracts.registry import StateMap
from contracts.registry_loading import load_registry
from tests.sites import make_site

ANY = {"state": "idle", "order_open": False, "element": "ADOT"}
PRINTER = ANY | {"kinds": ["printer"], "element": "AUST"}
SERVICE = ANY | {"maintenance": True, "element": "APMT"}


def read(*rules: dict[str, object]) -> StateMap:
    return StateMap.model_validate({"version": "1", "source": "x", "rules": list(rules)})


def test_a_rule_for_a_kind_goes_before_one_for_maintenance_and_that_before_one_for_all() -> None:
    states = read(ANY, SERVICE, PRINTER)
    assert states.element("idle", False, "press", False) == "ADOT"
    assert states.element("idle", False, "press", True) == "APMT"
    assert states.element("idle", False, "printer", True) == "AUST"
    assert states.element("idle", True, "press", False) == "none"
    assert states.element("idle", False, None, False) == "ADOT"


@pytest.mark.parametrize("other", [ANY | {"element": "ADET"}, PRINTER | {"kinds": ["press", "printer"]}])
def test_two_rules_that_say_as_much_of_one_state_are_refused(tmp_path: Path, other: dict[str, object]) -> None:
    states = {"version": "1", "source": "x", "rules": [ANY, PRINTER, other]}
    with pytest.raises(ContractError, match="two rules read 'idle'"):
        make_site(tmp_path, {"state_map": states})


def test_the_standard_map_calls_service_without_an_order_maintenance_and_with_one_a_delay() -> None:
    states = StateMap.model_validate(yaml.safe_load((STANDARD / "state_map.yaml").read_text("utf-8"))["state_map"])
    for state in ("delayed", "idle", "down", "off"):
        assert states.element(state, False, "press", True) == "APMT"
        assert states.element(state, True, "press", True) == "ADET"
        assert states.element(state, False, "press", False) == "ADOT"


def test_every_reason_that_the_demonstration_gives_with_a_stop_has_a_code(tmp_path: Path) -> None:
    command = [sys.executable, str(PRODUCT / "demo" / "history.py"), "--out", str(tmp_path), "--until", "2026-06-30"]
    subprocess.run(command, check=True, capture_output=True)
    known = {word for reason in load_registry(PRODUCT / "demo" / "registry").stop_reasons for word in reason.words}
    said: set[str] = set()
    for file in (tmp_path / "state-log").iterdir():
        rows = csv.DictReader(file.read_text("cp1252").splitlines(), delimiter=";")
        said |= {row["Orsak"] for row in rows if row["Orsak"] and row["Tillstånd"] != "Loggstopp"}
    assert said == known
