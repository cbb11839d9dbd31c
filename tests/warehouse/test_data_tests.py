"""Our own data tests, and what a build says of a test that fells something, in a project of one model."""

from __future__ import annotations

import pytest

from tests.warehouse.small import FIRST, MODEL, SECOND, YAML, Small

UNIQUE = YAML.replace(
    "    constraints:\n",
    "    data_tests:\n      - unique_together: {arguments: {columns: [id], streams: [state]}}\n    constraints:\n",
    1,
)
RANGES = """
select 'a' as id, date '{}' as valid_from, date '{}' as valid_to
union all
select 'a', date '{}', date '9999-12-31'
"""
ONCE = """
models:
  - name: ranges
    data_tests:
      - valid_once: {arguments: {columns: [id]}}
"""


def test_a_key_that_stands_twice_in_a_touched_day_fails_the_build_and_is_named(small: Small) -> None:
    small.write(MODEL, UNIQUE)
    done = small.build([(SECOND, "b", 1), (SECOND, "b", 2)], {SECOND})
    assert not done.ok
    assert [failure.split("_small")[0] for failure in done.failures] == ["unique_together"]


def test_days_that_were_not_touched_are_not_looked_at_again(small: Small) -> None:
    assert small.build([(FIRST, "a", 1), (FIRST, "a", 2)], {FIRST}).ok
    small.write(MODEL, UNIQUE)
    done = small.build([(SECOND, "b", 1)], {SECOND})
    assert done.ok, done.failures


def test_a_test_that_only_warns_is_no_less_a_failure(small: Small) -> None:
    small.write(MODEL, UNIQUE.replace("{arguments:", "{config: {severity: warn}, arguments:"))
    done = small.build([(SECOND, "b", 1), (SECOND, "b", 2)], {SECOND}, warnings="kept")
    assert not done.ok
    assert done.failures[0].startswith("unique_together")


@pytest.mark.parametrize(
    ("until", "since", "ok"),
    [
        pytest.param("2026-05-31", "2026-06-01", True, id="one after the other"),
        pytest.param("2026-06-01", "2026-06-01", False, id="both on one day"),
    ],
)
def test_two_records_of_one_key_never_hold_on_the_same_day(small: Small, until: str, since: str, ok: bool) -> None:
    (small.project / "models" / "ranges.sql").write_text(RANGES.format("2026-01-01", until, since), encoding="utf-8")
    (small.project / "models" / "ranges.yml").write_text(ONCE, encoding="utf-8")
    assert small.build([(FIRST, "a", 1)], {FIRST}).ok is ok
