"""Every planted bug still has its place in the product: who moves it must plant it anew."""

from __future__ import annotations

import pytest

from contracts.paths import PRODUCT
from tests.faults.planted import MUTATIONS, Mutation


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.number)
def test_what_a_planted_bug_replaces_stands_in_the_product_once(mutation: Mutation) -> None:
    for edit in mutation.edits:
        text = (PRODUCT / edit.file).read_text(encoding="utf-8")
        assert text.count(edit.before) == 1, f"{edit.file}: {edit.before}"
        assert edit.after not in text or edit.after in edit.before


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.number)
def test_the_test_that_must_see_it_exists(mutation: Mutation) -> None:
    file, _, name = mutation.test.partition("::")
    assert f"def {name}" in (PRODUCT / file).read_text(encoding="utf-8")
