"""The one tree of errors that Bruk raises on purpose; whether to retry is decided by the type.

    BrukError
    ├── TransientError        retry: a lock, a disk that is full, a broker that is away
    └── TerminalError         do not retry: somebody must mend something first
        ├── ContractError     a stream, source, registry or site file breaks its model
        ├── UsageError        the command was called wrongly
        ├── DataRefused       the data was judged and refused (exit code 3)
        └── StateError        what is on disk contradicts itself (a hash, a ledger row, a manifest)

Bad input from a machine is none of these: it is a value (`ingestion.rejection.Rejection`).
"""

from __future__ import annotations


class BrukError(Exception):
    """Base of all; `exit_code` is what the command line returns."""

    exit_code = 1


class TransientError(BrukError):
    """Worth another try, unchanged."""


class TerminalError(BrukError):
    """Trying again unchanged gives the same."""


class UsageError(TerminalError):
    """The caller asked for something that does not exist."""

    exit_code = 2


class ContractError(TerminalError):
    """A file of the product or the site breaks its model: file, line, what is wrong, what to do."""

    exit_code = 3
    code = "E_CONTRACT"

    def __init__(self, file: str, line: int | None, problem: str, hint: str) -> None:
        self.file, self.line, self.problem, self.hint = file, line, problem, hint
        where = f"{file}:{line}" if line else file
        super().__init__(f"{where}: {problem}. {hint}")


class DataRefused(TerminalError):
    """The data was read, judged and refused; the reasons are on file."""

    exit_code = 3


class StateError(TerminalError):
    """What is on disk contradicts itself."""
