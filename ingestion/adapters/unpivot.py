"""Makes the records of a wide table long: a record for every cell below a heading that is a figure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from contracts.formats import Unpivot
from ingestion.adapters.records import Record, Records
from ingestion.rejection import Rejection, shown


@dataclass(frozen=True)
class Long:
    """The records of a wide table, each as many as it has figures; numbered anew, on the lines that they stand on."""

    wide: Records
    unpivot: Unpivot

    @property
    def records(self) -> Iterator[Record]:
        """A record that has an outcome already stays one."""
        number = 0
        for record in self.wide.records:
            for part in self._parts(record):
                number += 1
                yield replace(part, number=number)

    def _parts(self, record: Record) -> Iterator[Record]:
        if not isinstance(record.cells, dict):
            yield record
            return
        told = {heading: self.unpivot.told(heading) for heading in record.cells}
        shared = {heading: cell for heading, cell in record.cells.items() if told[heading] is None}
        for heading, named in told.items():
            if named is not None:
                yield replace(record, cells=shared | named | {self.unpivot.value: record.cells[heading]})


def headings_problem(unpivot: Unpivot | None, headings: Collection[str]) -> Rejection | None:
    """Why these headings give no long table: none of them is a figure, or two of them say the same."""
    if unpivot is None:
        return None
    said = [tuple(told.values()) for heading in headings if (told := unpivot.told(heading)) is not None]
    if not said:
        return Rejection("E_REQUIRED", {"field": shown(unpivot.columns)})
    if len(set(said)) < len(said):
        twice = shown(" ".join(next(one for one in said if said.count(one) > 1)))
        problem = {"problem": f"two columns are '{twice}'", "problem_sv": f"två kolumner är ”{twice}”"}
        return Rejection("E_SCHEMA", problem)
    return None
