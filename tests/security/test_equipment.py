"""`bruk equipment`: a machine is let in, listed, renewed and shut out, as somebody types it."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from bruk.cli import app
from bruk.credentials.keeping import access_file
from bruk.equipment import add, renew, revoke, senders
from bruk.registry_entry import appended, entry
from bruk.supervision.doctor import doctor
from contracts.clock import system_clock
from contracts.errors import BrukError, ContractError, UsageError
from contracts.registry import equipment_row
from contracts.registry_loading import load_registry
from contracts.site import Site, load_site
from tests.broker import free_port
from tests.security.secured import (
    FALUN,
    NOT_AUTHORIZED,
    TAKEN,
    Device,
    SecuredBroker,
    production_site,
    registry,
    sources,
    wait_until,
)
from tests.sites import make_site

DAY_NS = 86_400 * 10**9


def words(machine: str = "dal-press-9", **changed: str) -> list[str]:
    """The options of `bruk equipment add`."""
    options = {
        "testbed": "testbed-dal", "area": "hall-1", "work-centre": "line-1", "work-unit": "press-9", "kind": "press",
        "owner": "559900-0017", "source": "uns", **changed,
    }  # fmt: skip
    return ["equipment", "add", machine, *(word for name, value in options.items() for word in (f"--{name}", value))]


def bruk(site: Site, *arguments: str) -> tuple[int, str, BaseException | None]:
    """Exit code of ours, stdout, and the error that `main` would turn into a line."""
    done = CliRunner().invoke(app, [*arguments, "--site", str(site.paths.site)])
    error = done.exception if isinstance(done.exception, BrukError) else None
    return error.exit_code if error else done.exit_code, done.stdout, error


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return production_site(tmp_path / "site", free_port())


def test_a_machine_that_is_added_gets_row_certificate_topics_and_something_to_paste(site):
    file = site.paths.registry / "equipment.yaml"
    file.write_text("# Ours, with a word on top.\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    before = file.read_text(encoding="utf-8")

    code, out, _ = bruk(site, *words(), "--json")

    handed = json.loads(out)
    assert code == 0
    assert file.read_text(encoding="utf-8").startswith(before)
    row = next(item for item in load_registry(site.paths.registry).equipment if item.id == "dal-press-9")
    assert (row.device, row.work_unit, row.sources) == ("dal-press-9", "press-9", ["uns"])
    assert handed["topics"] == [f"{FALUN}/press-9/#"]
    assert [Path(name).name for name in handed["files"]] == ["ca.crt", "dal-press-9.crt", "dal-press-9.key"]
    assert all(Path(name).exists() for name in handed["files"])
    assert f"topic write {FALUN}/press-9/#" in access_file(site.paths).read_text(encoding="utf-8")


def test_the_line_to_paste_sends_to_the_running_broker_as_it_is(secured):
    row = equipment_row(
        id="dal-press-9", name={"sv": "Press", "en": "Press"}, testbed="testbed-dal", area="hall-1",
        work_centre="line-1", work_unit="press-9", kind="press", device="dal-press-9", owner="559900-0017",
        sources=["uns"], expected_interval_s=10, valid_from=date(2026, 1, 1),
    )  # fmt: skip
    address = secured.address("ingest")
    ingest = Device(address, address.tls())
    assert ingest.connect()
    ingest.subscribe("nms/v1/#")

    handed = add(secured.site, row, system_clock)

    folder = secured.site.paths.credentials
    wait_until(lambda: subprocess.run(shlex.split(handed.mosquitto_pub), cwd=folder, check=False).returncode == 0)
    wait_until(lambda: bool(ingest.heard))
    assert ingest.heard[0][0] == f"{FALUN}/press-9/measurement_v1/temperature"
    subprocess.run([sys.executable, "-c", handed.python], cwd=folder, check=True)
    ingest.close()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"machine": "dal-printer-1"}, "already"),
        ({"work-unit": "printer-1"}, "one place"),
        ({"testbed": "nowhere"}, "not in the registry"),
        ({"owner": "559900-9999"}, "not in the registry"),
        ({"source": "nothing"}, "no source 'nothing'"),
        ({"kind": "spaceship"}, "kind"),
        ({"device": "ingest"}, "name of a service"),
        ({"device": "+"}, "device"),
        ({"area": "a/#"}, "area"),
        ({"valid-from": "tomorrow"}, "valid_from"),
    ],
)
def test_a_row_that_does_not_fit_changes_nothing(site, change, says):
    file = site.paths.registry / "equipment.yaml"
    before = file.read_bytes()
    code, _, error = bruk(site, *words(**change))
    assert code in (2, 3)
    assert says in str(error)
    assert file.read_bytes() == before
    assert not (site.paths.credentials / "dal-press-9.crt").exists()


def test_a_gateway_keeps_its_certificate_when_one_more_machine_stands_behind_it(site):
    renew(site, "gw-hall2", system_clock)
    own = site.paths.credentials / "gw-hall2.crt"
    before = own.read_bytes()
    code, out, _ = bruk(site, *words(device="gw-hall2"), "--json")
    assert code == 0
    assert own.read_bytes() == before
    assert json.loads(out)["machines"] == ["dal-lathe-1", "dal-lathe-2", "dal-press-9"]
    assert f"{FALUN}/press-9/#" in json.loads(out)["topics"]


def test_the_list_tells_what_each_certificate_is_worth(site):
    renew(site, "printer-1", system_clock)
    renew(site, "printer-2", lambda: system_clock() - 70 * DAY_NS)
    renew(site, "octo-1", lambda: system_clock() - 100 * DAY_NS)
    renew(site, "gw-hall2", system_clock)
    revoke(site, "gw-hall2", system_clock)
    code, out, _ = bruk(site, "equipment", "list", "--json")
    assert code == 0
    states = {one["device"]: one["state"] for one in json.loads(out)}
    assert states == {
        "printer-1": "good", "printer-2": "soon", "octo-1": "expired", "gw-hall2": "revoked", "file-sender": "none",
    }  # fmt: skip
    assert bruk(site, "equipment", "list")[0] == 0
    found = {check.name: (check.state, check.cure_en) for check in doctor(site.paths.site) if "certif" in check.name}
    assert found == {  # one that was shut out on purpose wants nothing
        "certificate octo-1": ("fail", "`bruk equipment renew octo-1` and copy the files."),
        "certificate printer-2": ("warn", "`bruk equipment renew printer-2` and copy the files."),
    }


def test_looking_makes_nothing(site):
    assert {one.state for one in senders(site, system_clock)} == {"none"}
    assert not site.paths.credentials.exists()


def test_a_device_that_was_shut_out_is_let_in_again_with_a_new_certificate(secured):
    revoke(secured.site, "dal-printer-1", system_clock)  # by the name of its machine
    renew(secured.site, "printer-1", system_clock)
    address = secured.address("printer-1")

    def let_in() -> bool:
        one = Device(address, address.tls())
        try:
            return one.connect() and one.publish(f"{FALUN}/printer-1/x") in TAKEN
        finally:
            one.close()

    wait_until(let_in)


def test_rights_that_the_registry_takes_away_are_gone_from_an_open_connection(secured, device):
    printer = device("printer-1")
    assert printer.publish(f"{FALUN}/printer-1/x") in TAKEN
    file = secured.site.paths.registry / "equipment.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("work_unit: printer-1", "work_unit: printer-7"), "utf-8")
    renew(load_site(secured.site.paths.site), "octo-1", system_clock)
    wait_until(lambda: printer.publish(f"{FALUN}/printer-1/x") == NOT_AUTHORIZED)
    assert printer.publish(f"{FALUN}/printer-7/x") in TAKEN


def test_nobody_is_revoked_who_is_not_there(site):
    for arguments in (["revoke", "nobody"], ["renew", "nobody"]):
        code, _, error = bruk(site, "equipment", *arguments)
        assert (code, "neither a device nor a machine" in str(error)) == (2, True)


def test_a_demonstration_gives_no_certificates_and_has_none_to_revoke(tmp_path):
    site = make_site(tmp_path, registry(), sources())
    code, out, _ = bruk(site, *words(), "--json")
    assert code == 0
    assert json.loads(out)["files"] == []
    assert "--cert" not in json.loads(out)["mosquitto_pub"]
    assert not site.paths.credentials.exists()
    assert {one.state for one in senders(load_site(tmp_path), system_clock)} == {"not needed"}
    assert bruk(site, "equipment", "revoke", "octo-1")[0] == 2


ROW = {
    "id": "m-9", "name": {"sv": "x", "en": "x"}, "testbed": "t", "area": "a", "work_centre": "w", "work_unit": "u",
    "kind": "press", "device": "no", "owner": "559900-0017", "sources": ["on", "uns"], "expected_interval_s": 1e-3,
    "valid_from": "2026-01-01",
}  # fmt: skip
SLUGS = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True)


@given(st.text(), st.text(), SLUGS, st.floats(1e-3, 1e9), st.sampled_from(["  ", "", "    "]))
def test_what_is_written_is_read_as_it_was_meant(sv: str, en: str, slug: str, seconds: float, indent: str) -> None:
    row = equipment_row(**{**ROW, "name": {"sv": sv, "en": en}, "area": slug, "expected_interval_s": seconds})
    text = f"# word\nequipment:\n{indent}# another\n" + entry(equipment_row(**ROW), indent)
    found = yaml.safe_load(appended(text, row))["equipment"]
    assert [type(row)(**item) for item in found] == [equipment_row(**ROW), row]


def test_the_first_machine_of_a_new_site_is_written_into_its_empty_list():
    row = equipment_row(**ROW)
    assert appended("# Work units.\nequipment: []\n", row) == "# Work units.\nequipment:\n" + entry(row, "  ")


def test_a_file_in_a_form_of_its_own_is_left_alone_and_the_row_is_shown(site):
    file = site.paths.registry / "equipment.yaml"
    file.write_text("equipment: [\n]\n", encoding="utf-8")
    for name in ("channels", "planned_time", "allocations"):
        (site.paths.registry / f"{name}.yaml").write_text(f"{name}: []\n", encoding="utf-8")
    with pytest.raises((UsageError, ContractError)):
        add(load_site(site.paths.site), equipment_row(**{**ROW, "sources": ["uns"]}), system_clock)
    assert file.read_text(encoding="utf-8") == "equipment: [\n]\n"


def test_the_broker_of_a_site_is_told_and_none_is_told_when_none_runs(site):
    assert not revoke(site, "printer-1", system_clock).broker
    broker = SecuredBroker(site)
    broker.start()
    try:
        assert revoke(site, "printer-1", system_clock).broker
    finally:
        broker.kill()
