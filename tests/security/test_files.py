"""What lies on disk: modes of keys and of everything else, certificates that a crash left half, configuration files."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bruk.credentials.authority import SERVER, Authority
from bruk.credentials.keeping import broker_hosts, keep
from bruk.supervision.configuration import render_broker
from contracts.clock import system_clock
from contracts.errors import ContractError, StateError
from contracts.paths import PRODUCT
from contracts.site import load_site
from ingestion.mqtt.address import RECEIVER, SERVICES, site_broker
from tests.security.secured import production_site
from tests.sites import make_site

DAY_NS = 86_400 * 10**9


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def open_umask():
    """The umask of a careless account: modes must not depend on it."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("open_umask")
def test_keys_are_the_accounts_alone_whatever_the_umask(tmp_path):
    site = production_site(tmp_path, 1)
    keep(site, system_clock)
    folder = site.paths.credentials
    assert mode(folder) == 0o700
    assert {mode(file) for file in folder.glob("*.key")} <= {0o600, 0o400}
    assert mode(folder / "ca.key") == 0o400
    assert not [file for file in folder.rglob("*") if mode(file) & 0o022]


def test_what_a_command_writes_under_var_nobody_else_may_read_or_write(tmp_path):
    site = production_site(tmp_path, 1)
    (tmp_path / "drop.csv").write_text("org_nr;activity_id;activity_date\n", encoding="utf-8")
    command = [sys.executable, "-m", "bruk.cli", "drop", str(tmp_path / "drop.csv"), "--source", "production"]
    subprocess.run(
        ["/bin/sh", "-c", 'umask 0; exec "$@"', "sh", *command, "--site", str(tmp_path)], cwd=PRODUCT,
        capture_output=True, check=False,
    )  # fmt: skip
    written = list(site.paths.var.rglob("*"))
    assert site.paths.ledger in written
    assert site.paths.spool / "files" in written
    assert [path for path in [site.paths.var, *written] if mode(path) & 0o027 and not path.is_symlink()] == []


def test_what_is_there_and_good_is_kept_and_what_ends_soon_is_made_anew(tmp_path):
    site = production_site(tmp_path, 1)
    first = keep(site, system_clock)
    assert len(first) == len(SERVICES) + 2
    assert keep(site, system_clock) == []
    later = keep(site, lambda: time.time_ns() + 700 * DAY_NS)
    assert later == [made for made in first if "certificate" in made]


def test_another_host_name_asks_for_another_certificate_of_the_broker(tmp_path):
    site = production_site(tmp_path, 1)
    keep(site, system_clock)
    moved = production_site(tmp_path, 1, mqtt_host='"broker.testbed.example"', mqtt_listen='"0.0.0.0"')
    assert keep(moved, system_clock) == ["the broker's certificate"]
    assert broker_hosts(moved.settings) == ["broker.testbed.example", "localhost", "127.0.0.1", "::1"]
    assert site_broker(moved.settings, moved.paths, RECEIVER).host == "127.0.0.1"


def test_a_key_without_its_certificate_as_a_crash_leaves_it_is_no_certificate(tmp_path):
    ours = Authority(tmp_path, system_clock)
    ours.issue("printer-1")
    old = (tmp_path / "printer-1.crt").read_bytes()
    ours.issue("printer-1")
    (tmp_path / "printer-1.crt").write_bytes(old)  # the new key is there, the new certificate is not yet
    assert not ours.usable("printer-1")
    (tmp_path / "printer-1.key").unlink()
    assert not ours.usable("printer-1")
    ours.issue("printer-1")
    assert ours.usable("printer-1")


def test_a_certificate_of_an_authority_that_was_replaced_is_not_usable(tmp_path):
    Authority(tmp_path, system_clock).issue("printer-1")
    for name in ("ca.key", "ca.crt", "ca.crl"):
        (tmp_path / name).unlink()
    assert not Authority(tmp_path, system_clock).usable("printer-1")


def test_a_lost_key_of_the_authority_is_said_in_words(tmp_path):
    ours = Authority(tmp_path, system_clock)
    (tmp_path / "ca.key").unlink()
    with pytest.raises(StateError, match="backup"):
        ours.issue("printer-1")


def test_a_revocation_names_every_certificate_of_the_device_and_of_no_other(tmp_path):
    ours = Authority(tmp_path, system_clock)
    serials = [ours.issue("press").serial for _ in range(3)]
    neighbour = ours.issue("press-1")
    assert sorted(ours.revoke("press")) == sorted(serials)
    assert ours.revoke("press") == []
    assert [one.revoked for one in ours.issued("press")] == [True] * 3
    assert ours.usable("press-1")
    assert ours.issued("press-1") == [neighbour]


def test_the_brokers_certificate_is_no_clients(tmp_path):
    ours = Authority(tmp_path, system_clock)
    ours.issue_server(["localhost", "127.0.0.1"])
    assert ours.hosts() == ["localhost", "127.0.0.1"]
    assert ours.usable(SERVER, 365)
    assert not ours.usable(SERVER, 800)


@pytest.mark.parametrize("listen", ["0.0.0.0", "::", "192.0.2.1", "broker.example", ""])
def test_a_demonstration_listens_on_loopback_or_not_at_all(tmp_path, listen):
    site = make_site(tmp_path)
    with pytest.raises(ContractError, match="demonstration"):
        render_broker(site.paths, site.settings.model_copy(update={"mqtt_listen": listen}))


def test_profiles_share_their_limits_and_differ_in_who_may_connect(tmp_path):
    demonstration = make_site(tmp_path / "d")
    open_to_all = render_broker(demonstration.paths, demonstration.settings)
    production = production_site(tmp_path / "p", 1)
    closed = render_broker(production.paths, production.settings)
    assert "allow_anonymous true" in open_to_all
    assert "certfile" not in open_to_all
    wanted = (
        "allow_anonymous false", "require_certificate true", "use_identity_as_username true",
        "use_username_as_clientid true", "tls_version tlsv1.2", "acl_file /", "crlfile /", "max_connections 1000",
        "max_keepalive 600",
    )  # fmt: skip
    assert [line for line in wanted if line not in closed] == []
    assert closed.count("listener ") == 1
    for line in ("message_size_limit 65536", "max_packet_size 70000", "upgrade_outgoing_qos true"):
        assert line in open_to_all
        assert line in closed


def test_a_site_of_the_demonstration_gets_no_credentials(tmp_path):
    assert keep(make_site(tmp_path), system_clock) == []
    assert not load_site(tmp_path).paths.credentials.exists()
