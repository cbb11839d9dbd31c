"""Airflow's own database in the tests' home, and the DAGs as the scheduler reads them."""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest

from bruk.supervision.airflow_home import prepare_airflow
from contracts.paths import PRODUCT, SitePaths


@pytest.fixture(scope="session")
def dags() -> dict[str, Any]:
    """DAG by id, out of the product's folder, with the pool made and the database migrated."""
    home = Path(os.environ["AIRFLOW_HOME"])
    prepare_airflow(SitePaths(home.parent.parent), {**os.environ, "PYTHONPATH": str(PRODUCT)})
    with warnings.catch_warnings(action="ignore"):  # Airflow's and FastAPI's debts while they are imported
        from airflow.api_fastapi.execution_api import app as _api  # noqa: F401  # what `dag.test()` talks to
        from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(dag_folder=str(PRODUCT / "dags"))
    assert not bag.import_errors, bag.import_errors
    assert Path(sys.modules["dags.wiring"].__file__ or "").parent == PRODUCT / "dags"
    return dict(bag.dags)
