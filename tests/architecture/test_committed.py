"""What is committed is current, belongs to nobody's machine, and names no person."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

from bruk.contract_sync import generated, sync
from contracts.paths import PRODUCT, STANDARD
from contracts.streams import load_streams
from tests.architecture.tree import committed, text

#: What only exists on the machine of whoever wrote the line, or at a registry that a mirror may stand in for.
FOREIGN = re.compile(r"(?<![\w.])/(?:work|home|root|opt)/|pypi\.org|pythonhosted|index-url|registry\.npmjs")
#: A Swedish personal number; an organisation number has a month of 20 or more.
PERSONAL = re.compile(r"(?<![\w.-])(?:19|20)?\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[-+]?\d{4}(?![\w.])")


def test_the_generated_files_are_current() -> None:
    assert sync(check=True) == []


def test_a_change_of_the_standard_registry_is_said_once_and_drift_of_the_demonstration_is_seen(tmp_path: Path) -> None:
    for path in generated(load_streams()):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PRODUCT / path, tmp_path / path)
    regions = tmp_path / "demo" / "registry" / "regions.yaml"
    regions.write_text("regions: []\n", encoding="utf-8")

    assert sync(check=True, root=tmp_path) == sync(root=tmp_path) == [regions.relative_to(tmp_path)]
    assert regions.read_bytes() == (STANDARD / "regions.yaml").read_bytes()


def test_no_file_names_a_machine_of_ours_or_a_package_registry() -> None:
    here = PRODUCT / "tests" / "architecture" / "test_committed.py"
    found = {str(file.relative_to(PRODUCT)): FOREIGN.findall(text(file)) for file in committed() if file != here}

    assert {name: hits for name, hits in found.items() if hits} == {}


def test_no_file_holds_a_personal_number() -> None:
    found = {str(file.relative_to(PRODUCT)): [*filter(luhn, PERSONAL.findall(text(file)))] for file in committed()}

    assert {name: hits for name, hits in found.items() if hits} == {}


def test_a_personal_number_would_be_found() -> None:
    invented = "19811218" + "-" + "9876"  # the tax agency's own example

    assert PERSONAL.findall(f"kund;{invented};12") == [invented]
    assert luhn(invented)
    assert not PERSONAL.findall("559900-0241")


def test_the_lock_pins_every_stated_dependency_with_hashes() -> None:
    project = tomllib.loads(text(PRODUCT / "pyproject.toml"))["project"]
    lock = text(PRODUCT / "requirements.lock")
    pins = dict(
        re.findall(r"^([a-z0-9._-]+)(?:\[[^]]*\])?==(\S+)(?: ; .*)? \\\n    --hash=sha256:", lock, re.MULTILINE)
    )

    stated = [Requirement(line) for line in [*project["dependencies"], *project["optional-dependencies"]["dev"]]]
    assert [str(one) for one in stated if not one.specifier.contains(pins.get(one.name.lower(), "0"))] == []
    assert set(re.findall(r"^([a-z0-9._-]+)\S*==", lock, re.MULTILINE)) == pins.keys(), "a pin without a hash"


def luhn(number: str) -> bool:
    """Whether the last digit checks the nine before it."""
    digits = [int(sign) for sign in number if sign.isdecimal()][-10:]
    doubled = [digit * (2 - index % 2) for index, digit in enumerate(digits)]
    return sum(digit // 10 + digit % 10 for digit in doubled) % 10 == 0
