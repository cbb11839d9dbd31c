"""Every setting, once: built-in default < the site's `site.toml` [settings] < environment variable BRUK_*."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from contracts.errors import ContractError


class Settings(BaseSettings):
    """Ports, sizes and intervals of one site. Durations in seconds unless the name says otherwise."""

    model_config = SettingsConfigDict(env_prefix="BRUK_", extra="forbid", frozen=True)

    site: Path = Path("demo")
    host: str = "127.0.0.1"
    mqtt_port: int = 18883
    mqtt_listen: str = "127.0.0.1"
    mqtt_host: str = "127.0.0.1"
    mqtt_connections: int = 1000
    web_port: int = 8000
    airflow_port: int = 8080
    seal_bytes: int = 4_000_000
    seal_seconds: float = 10.0
    drop_scan_seconds: float = 2.0
    drop_settle_seconds: float = 2.0
    landing_poll_seconds: float = 0.5
    refresh_debounce_seconds: float = 900.0
    refresh_quiet_seconds: float = 5.0
    refresh_clock_minutes: int = 15
    receive_maximum: int = 20_000
    message_size_limit: int = 65_536
    warehouse_threads: int = 2
    warehouse_memory: str = "300MB"
    editions_kept: int = 20
    keeping_seconds: float = 60.0
    compact_after_days: int = 2
    compact_at_files: int = 16
    alert_file: str = ""
    pseudonym_key_file: str = ""

    @field_validator("refresh_clock_minutes")
    @classmethod
    def _even_clock(cls, minutes: int) -> int:
        if minutes < 1 or 60 % minutes:
            raise ValueError("must divide 60: another step would make uneven hours")
        return minutes

    @field_validator("message_size_limit")
    @classmethod
    def _what_is_sent_is_taken(cls, size: int) -> int:
        if not 65_536 <= size <= 8_000_000:
            raise ValueError(
                "must be 65536 to 8000000: an outbox takes messages of 65536 bytes, and one that the broker does not "
                "take would stand in the way of all behind it; the receiver takes packets of 8 MiB"
            )
        return size

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment before the values handed in (which are those of `site.toml`)."""
        return env_settings, init_settings


def load_settings(site: Path | None = None) -> Settings:
    """The settings of a site folder (argument, else BRUK_SITE, else `demo`), with `site` made absolute.

    Raises ContractError for a setting that does not exist or fit.
    """
    folder = (site or Path(os.environ.get("BRUK_SITE", "demo"))).resolve()
    file = folder / "site.toml"
    values: dict[str, Any] = {}
    try:
        if file.exists():
            values = tomllib.loads(file.read_text(encoding="utf-8")).get("settings", {})
        return Settings(**values).model_copy(update={"site": folder})
    except tomllib.TOMLDecodeError as error:
        raise ContractError("site.toml", None, f"not TOML: {error}", "Check the quotes") from error
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(step) for step in first["loc"])
        hint = f"Mend {name} under [settings] in site.toml, or BRUK_{name.upper()} in the environment"
        raise ContractError("settings", None, f"{name}: {first['msg']}", hint) from error
