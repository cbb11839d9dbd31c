"""What the registry refuses of a characteristic under control, and what it takes."""

# ruff: noqa: E501 - one refused record on one line reads as a table

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from bruk.registry_tables import registry_tables
from contracts.errors import ContractError
from contracts.measuring import Characteristic
from tests.sites import make_site, text

HOLE = {"since": "2026-05-05T08:00:00Z", "until": "2026-05-05T09:00:00Z", "reason": text("fel hylsa")}


def record(chart: str = "xbar_r", by: str = "consecutive", size: int = 5, **more: Any) -> dict[str, Any]:
    """A record that is taken; `more` replaces its fields."""
    reference = {"name": text("fas I"), "first_day": "2026-05-01", "last_day": "2026-05-31"}
    return {
        "id": "torque", "version": "1", "name": text("moment"), "equipment": "dal-press-1", "chart": chart,
        "subgroup": {"by": by, "size": size}, "unit": "N.m", "reference": reference, **more,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (record("p", channel="oil_temp"), "counts inspections"),
        (record(by="sample", channel="oil_temp"), "numbers no samples"),
        (record(by="run"), "subgroup.by is consecutive or sample"),
        (record("i_mr"), "of size 1"),
        (record(size=1), "groups of at least 2"),
        (record(lsl=3.0, usl=3.0), "lsl is not below usl"),
        (record(run_length=6), "greater than or equal to 7"),
        (record(subgroup={"by": "consecutive", "size": 5, "every_s": 60}), "every_s is for channels"),
        (record(reference=record()["reference"] | {"known_at": "2026-06-01T00:00:00"}), "needs an offset"),
        (record(reference=record()["reference"] | {"last_day": "2026-04-30"}), "last_day lies before"),
        (record(reference=record()["reference"] | {"excluded": [HOLE | {"until": "2026-05-04T00:00:00Z"}]}), "before since"),
    ],
)  # fmt: skip
def test_a_chart_that_could_not_be_drawn_is_refused_with_the_reason(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Characteristic.model_validate(given)


def test_a_channel_that_is_not_registered_and_a_version_that_stands_twice_are_refused(tmp_path: Path) -> None:
    unknown = record(channel="torque")
    with pytest.raises(ContractError, match="'dal-press-1 torque' is not in the registry"):
        make_site(tmp_path / "unknown", {"characteristics": [unknown]})
    with pytest.raises(ContractError, match="'torque 1' stands twice"):
        make_site(tmp_path / "twice", {"characteristics": [record(), record()]})


def test_a_record_becomes_one_row_and_its_exclusions_rows_of_their_own(tmp_path: Path) -> None:
    given = record(reference=record()["reference"] | {"excluded": [HOLE]}, channel="oil_temp")
    tables = registry_tables(make_site(tmp_path, {"characteristics": [given]}).registry, {})
    (row,) = tables["characteristics"].to_pylist()
    assert (row["characteristic_id"], row["subgroup_size"], row["run_length"], row["constants"]) == (
        "torque", 5, 8, "exact",
    )  # fmt: skip
    assert row["reference_known_at"] is None
    (hole,) = tables["excluded_groups"].to_pylist()
    assert (hole["characteristic_id"], hole["version"], hole["reason_sv"]) == ("torque", "1", "fel hylsa")
    assert hole["since"].isoformat() == "2026-05-05T08:00:00+00:00"
