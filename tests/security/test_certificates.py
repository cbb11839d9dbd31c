"""Who is refused before a word is said: plain TCP, no certificate, a foreign, expired or revoked one, a wrong host."""

from __future__ import annotations

import os
import signal
import ssl
import subprocess
import sys
import time
import warnings

import pytest

from bruk.credentials.authority import Authority
from bruk.credentials.keeping import access_file, keep, tell_broker
from bruk.equipment import revoke
from contracts.clock import system_clock
from contracts.errors import UsageError
from contracts.paths import PRODUCT
from ingestion.mqtt.address import Broker, credentials
from ingestion.mqtt.client import BrokerAway, Publisher
from tests.broker import free_port
from tests.security.secured import FALUN, TAKEN, Device, SecuredBroker, production_site, wait_until

# paho drops a socket whose handshake failed without closing it.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <ssl.SSLSocket:pytest.PytestUnraisableExceptionWarning"
)

DAY_NS = 86_400 * 10**9


def refused(address: Broker, context: ssl.SSLContext | None) -> bool:
    """Whether the broker does not accept the connection; a device of the site is accepted, as other tests show."""
    one = Device(address, context, "printer-1")
    try:
        return not one.connect()
    finally:
        one.close()


def test_plain_tcp_is_refused(secured):
    assert refused(secured.address("printer-1"), None)


def test_no_certificate_is_refused(secured):
    address = secured.address("printer-1")
    assert address.credentials is not None
    assert refused(address, ssl.create_default_context(cafile=str(address.credentials.authority)))


def test_a_certificate_with_the_right_name_from_a_foreign_authority_is_refused(secured, tmp_path):
    foreign = Authority(tmp_path / "foreign", system_clock)
    foreign.issue("printer-1")
    address = secured.address("printer-1")
    assert address.credentials is not None
    context = ssl.create_default_context(cafile=str(address.credentials.authority))
    context.load_cert_chain(tmp_path / "foreign" / "printer-1.crt", tmp_path / "foreign" / "printer-1.key")
    assert refused(address, context)


def test_an_expired_certificate_is_refused(secured):
    early = Authority(secured.site.paths.credentials, lambda: time.time_ns() - 91 * DAY_NS)
    early.issue("printer-1")
    address = secured.address("printer-1")
    assert refused(address, address.tls())
    assert not secured.authority.usable("printer-1")


def test_a_revoked_certificate_is_refused_at_once_and_its_open_connection_ends(secured, device):
    printer, neighbour = device("printer-1"), device("octo-1")
    assert printer.publish(f"{FALUN}/printer-1/x") in TAKEN

    done = revoke(secured.site, "printer-1", system_clock)

    assert done.broker
    printer.wait_gone()
    address = secured.address("printer-1")
    wait_until(lambda: refused(address, address.tls()))
    assert "user printer-1\n" not in access_file(secured.site.paths).read_text(encoding="utf-8")
    assert neighbour.connected
    assert neighbour.publish("octoPrint/x") in TAKEN


@pytest.mark.parametrize("fault", ["equipment.revoked", "equipment.momentary", "equipment.taking-over"])
def test_a_revocation_that_is_killed_on_its_way_stands(secured, fault):
    address = secured.address("printer-1")
    before = address.tls()

    done = subprocess.run(
        [sys.executable, "-m", "bruk.cli", "equipment", "revoke", "printer-1", "--site", str(secured.site.paths.site)],
        env={**os.environ, "BRUK_FAULT": fault}, cwd=PRODUCT, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr
    keep(secured.site, system_clock)  # as the next `bruk up`
    tell_broker(secured.site.paths)

    assert "user printer-1\n" not in access_file(secured.site.paths).read_text(encoding="utf-8")
    assert not secured.authority.usable("printer-1")
    wait_until(lambda: refused(address, before))


def test_a_device_that_kept_its_old_certificate_is_shut_out_too(secured, tmp_path):
    old = secured.address("printer-1").tls()
    secured.authority.issue("printer-1")
    assert not refused(secured.address("printer-1"), old)
    secured.authority.revoke("printer-1")
    tell_broker(secured.site.paths)
    wait_until(lambda: refused(secured.address("printer-1"), old))
    secured.authority.issue("printer-1")
    address = secured.address("printer-1")
    assert not refused(address, address.tls())


def test_a_broker_with_another_name_is_not_trusted(tmp_path):
    everywhere = SecuredBroker(production_site(tmp_path / "site", free_port(), mqtt_listen='"0.0.0.0"'))
    everywhere.start()
    try:
        ours = everywhere.address("printer-1")
        Publisher(ours, "printer-1").close()
        with pytest.raises(BrokerAway, match="do not fit"):
            Publisher(Broker("127.0.0.2", ours.port, ours.credentials), "printer-1")
    finally:
        everywhere.kill()


def test_an_older_tls_than_1_2_is_refused(secured):
    address = secured.address("printer-1")
    context = address.tls()
    assert context is not None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1_1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    assert refused(address, context)


@pytest.mark.parametrize(
    "name", ["+", "#", "a/b", "a b", "", "..", "Printer", "ca", "server", "-a", "a" * 64, "a\nuser b"]
)
def test_a_name_that_could_be_more_than_a_name_gets_no_certificate(secured, name):
    with pytest.raises(UsageError):
        secured.authority.issue(name)


def test_a_missing_certificate_is_said_in_words(secured, tmp_path):
    nobody = Broker("127.0.0.1", 1, credentials(tmp_path, "nobody"))
    with pytest.raises(Exception, match="no usable certificate of 'nobody'"):
        Publisher(nobody)
