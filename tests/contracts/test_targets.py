"""A target stands for a number that exists, in a scope that exists, on days that follow each other."""

import pytest

from contracts.errors import ContractError
from tests.sites import make_site

WORDS = {"sv": "x", "en": "x"}
INDICATOR = {
    "id": "G1.1a", "version": "1", "name": WORDS, "formula": WORDS, "unit": "n", "direction": "up", "type": "CUM",
    "kind": "output", "measure": {"how": "distinct", "of": ["ORGANISATIONS_IN_KNOWLEDGE"], "over": "since_start"},
    "source": WORDS, "stands_on": "records", "protects": "none", "scope": ["programme", "pilot"], "n_unit": WORDS,
    "n_min": 1, "coverage_min": 0, "notes": WORDS,
}  # fmt: skip
TARGET = {
    "indicator": "G1.1a", "scope": "programme", "scope_id": "nms", "baseline": 0, "baseline_date": "2026-05-01",
    "milestone": 5, "milestone_date": "2026-12-31", "target": 9, "target_date": "2028-06-30", "decided_by": WORDS,
}  # fmt: skip


def with_target(folder, indicator=None, **changed):
    return make_site(folder, {"indicators": [INDICATOR | (indicator or {})], "targets": [TARGET | changed]})


@pytest.mark.parametrize(
    "fitting",
    [{}, {"scope": "pilot", "scope_id": "pilot-1"}, {"milestone_date": "2028-06-30"}, {"baseline_date": "2026-12-31"}],
)
def test_a_target_of_a_scope_that_has_the_number_is_taken(tmp_path, fitting):
    assert len(with_target(tmp_path, **fitting).registry.targets) == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"scope_id": "other"}, "there is no programme 'other'"),
        ({"scope": "pilot", "scope_id": "pilot-9"}, "there is no pilot 'pilot-9'"),
        ({"scope": "testbed", "scope_id": "testbed-dal"}, "not computed for a testbed"),
        ({"scope": "region", "scope_id": "dalarna"}, "not computed for a region"),
        ({"milestone_date": "2028-07-01"}, "do not follow each other"),
        ({"baseline_date": "2027-01-01"}, "do not follow each other"),
    ],
)
def test_a_target_that_no_value_is_ever_held_against_is_refused_with_its_reason(tmp_path, wrong, said):
    with pytest.raises(ContractError) as caught:
        with_target(tmp_path, **wrong)
    assert said in str(caught.value)
    assert "targets.yaml" in str(caught.value)


@pytest.mark.parametrize("scope", ["county", "equipment"])
def test_an_indicator_is_not_declared_for_a_scope_that_nothing_computes(tmp_path, scope):
    with pytest.raises(ContractError, match=r"indicators\.yaml"):
        with_target(tmp_path, {"scope": ["programme", scope]})
