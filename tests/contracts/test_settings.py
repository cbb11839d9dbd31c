"""Settings: default < site.toml < environment, and what does not fit is named with its cure."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from contracts.errors import ContractError
from contracts.settings import Settings, load_settings
from ingestion.edge.outbox import MAX_PAYLOAD
from ingestion.spool.packets import MAX_PACKET


def written(folder, settings: str):
    (folder / "site.toml").write_text(f'id = "x"\n[settings]\n{settings}\n', encoding="utf-8")
    return folder


def test_the_environment_goes_before_site_toml_and_site_toml_before_the_default(tmp_path, monkeypatch):
    site = written(tmp_path, "web_port = 8001\nairflow_port = 8081")
    monkeypatch.setenv("BRUK_WEB_PORT", "8002")
    settings = load_settings(site)
    assert (settings.web_port, settings.airflow_port, settings.mqtt_port) == (8002, 8081, 18883)
    assert settings.site == tmp_path.resolve()


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("web_prot = 8001", "web_prot"),
        ('web_port = "many"', "web_port"),
        ("refresh_clock_minutes = 7", "divide 60"),
        ("message_size_limit = 65535", "stand in the way"),
        ("message_size_limit = 9000000", "8 MiB"),
        ("web_port = ", "not TOML"),
    ],
)
def test_a_setting_that_does_not_exist_or_fit_is_named_and_is_an_error_of_ours(tmp_path, line, named):
    with pytest.raises(ContractError) as caught:
        load_settings(written(tmp_path, line))
    assert named in str(caught.value)


def test_every_broker_of_a_site_takes_what_an_outbox_takes_and_the_receiver_what_any_broker_takes() -> None:
    for size in (MAX_PAYLOAD, 8_000_000):
        assert Settings(message_size_limit=size).message_size_limit == size
    assert MAX_PACKET > 8_000_000 + 4464  # the broker's max_packet_size, infra/mosquitto.conf.j2
    with pytest.raises(ValidationError):
        Settings(message_size_limit=MAX_PAYLOAD - 1)
