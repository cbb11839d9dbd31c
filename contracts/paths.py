"""Where everything of a site lies; every room asks here and none joins paths of another room itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PRODUCT = Path(__file__).resolve().parent.parent
STREAMS = PRODUCT / "contracts" / "streams"
#: The registry files that every site begins with; afterwards a site's own copy is what counts.
STANDARD = PRODUCT / "contracts" / "standard"
#: The definitions of metrics and of the elements that they are made of.
METRICS = PRODUCT / "contracts" / "metrics"
COUNTED = PRODUCT / "contracts" / "counted"
#: Which breakdowns an edition may hold, and the rules of disclosure control.
TABLES = PRODUCT / "contracts" / "tables.yaml"
DBT_PROJECT = PRODUCT / "dbt_project"


@dataclass(frozen=True)
class SitePaths:
    """The folders of one site. `site` is absolute; everything that Bruk writes lies under `var`."""

    site: Path

    @property
    def var(self) -> Path:
        return self.site / "var"

    @property
    def registry(self) -> Path:
        return self.site / "registry"

    @property
    def sources(self) -> Path:
        return self.site / "sources"

    @property
    def reports(self) -> Path:
        """What was frozen for meetings: one folder each, with its edition."""
        return self.var / "reports"

    @property
    def drop(self) -> Path:
        """The drop folder: one subfolder per file source, named by its id, and one that those of the office share."""
        return self.var / "drop"

    @property
    def spool(self) -> Path:
        """One subfolder per writing process: `mqtt`, `files`."""
        return self.var / "spool"

    @property
    def landing(self) -> Path:
        return self.var / "landing"

    @property
    def ledger(self) -> Path:
        return self.var / "ledger" / "ledger.sqlite"

    @property
    def warehouse(self) -> Path:
        return self.var / "warehouse" / "bruk.duckdb"

    @property
    def inputs(self) -> Path:
        """What one refresh hands to dbt: landing file list, touched days, registry tables, stream verdicts."""
        return self.var / "warehouse" / "inputs"

    @property
    def credentials(self) -> Path:
        """The site's own certificate authority, and a certificate with its key for each device and service; private."""
        return self.var / "credentials"

    @property
    def verdicts(self) -> Path:
        return self.var / "verdicts"

    @property
    def editions(self) -> Path:
        return self.var / "editions"

    @property
    def packs(self) -> Path:
        """The report pack of the edition that readers see, made after its pages."""
        return self.var / "packs"

    @property
    def pages(self) -> Path:
        """Rendered pages for those of the house; `pages/current` is a link to the newest complete set."""
        return self.var / "pages"

    @property
    def sites(self) -> Path:
        """Rendered pages for others, each to be served by itself: `sites/open/current`, `sites/programme/current`."""
        return self.var / "sites"

    @property
    def status(self) -> Path:
        """Small status files for banners and the live page, each replaced whole."""
        return self.var / "status"

    @property
    def erasures(self) -> Path:
        """The receipts of erased persons, one JSON line each; none says of whom."""
        return self.var / "erasures.jsonl"

    @property
    def logs(self) -> Path:
        return self.var / "log"

    @property
    def run(self) -> Path:
        """Sockets, pid files and generated configuration of the supervised processes."""
        return self.var / "run"
