"""Makes pseudonyms of persons with the site's key, and notices a key that is missing, open to others, or another one.

A pseudonym is HMAC-SHA256(key, the identifier in one spelling): the same person has the same one in every file, and who
has not the key can neither reverse it nor try numbers. The key is 64 hex digits in a file outside `var/`.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
from pathlib import Path

from contracts.errors import UsageError
from contracts.paths import SitePaths
from contracts.settings import Settings
from ingestion.atomic import replace_file, sync_folder
from ingestion.rejection import Rejection
from ingestion.validation.personal import normalised

_KEY_BYTES = 32
#: Beside the spooled files: the fingerprint of the key that their pseudonyms are made with.
_IN_USE = "pseudonym-key"


class PseudonymKey:
    """The secret of one site. Its bytes are in no text that it gives."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        #: 8 hex digits by which a changed key is noticed, and that say nothing of the key.
        self.fingerprint = hmac.digest(secret, b"bruk: which key is this", hashlib.sha256).hex()[:8]

    def pseudonym(self, identifier: str) -> str:
        """`p-` and 32 hex digits, the same for every usual spelling of the identifier."""
        return "p-" + hmac.digest(self._secret, normalised(identifier).encode(), hashlib.sha256).hex()[:32]


def make_key(file: Path) -> PseudonymKey:
    """Writes a new key, readable by its owner alone, durable when it returns. Raises UsageError if the file exists."""
    text = secrets.token_hex(_KEY_BYTES)
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    except FileExistsError:
        raise UsageError(f"{file} is there already; a key is never written over") from None
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from error
    with os.fdopen(descriptor, "w", encoding="ascii") as out:
        out.write(text + "\n")
        out.flush()
        os.fsync(out.fileno())
    sync_folder(file.parent)
    return PseudonymKey(bytes.fromhex(text))


def site_key(settings: Settings, paths: SitePaths) -> PseudonymKey | Rejection:
    """The key of the site: E_PERSONAL where none is stated, E_KEY with the problem where it cannot be used."""
    if not settings.pseudonym_key_file:
        return Rejection("E_PERSONAL")
    file = (paths.site / settings.pseudonym_key_file).resolve()
    if file.is_relative_to(paths.var.resolve()):
        return _unusable("lies in var/, among what it protects", "ligger i var/, bland det som den skyddar")
    key = _read(file)
    used = _in_use(paths)
    if isinstance(key, Rejection) or not used.exists() or used.read_text("ascii") == key.fingerprint:
        return key
    return _unusable("is not the one that earlier files were given", "är inte den som tidigare filer fick")


def take_into_use(paths: SitePaths, fingerprint: str) -> None:
    """Remembers, durably, which key the pseudonyms of this site are made with."""
    if not _in_use(paths).exists():
        replace_file(_in_use(paths), fingerprint.encode())


def _in_use(paths: SitePaths) -> Path:
    return paths.spool / "files" / _IN_USE


def _read(file: Path) -> PseudonymKey | Rejection:
    try:
        state = file.stat()
        if not stat.S_ISREG(state.st_mode) or state.st_mode & 0o077:
            return _unusable("may be read by others than its owner", "kan läsas av andra än sin ägare")
        secret = bytes.fromhex(file.read_text("ascii").strip())
    except OSError as error:
        return _unusable(f"cannot be read ({error.strerror})", f"kan inte läsas ({error.strerror})")
    except ValueError:
        secret = b""
    if len(secret) < _KEY_BYTES:
        return _unusable("is not 64 hex digits or more", "är inte minst 64 hexadecimala siffror")
    return PseudonymKey(secret)


def _unusable(problem: str, swedish: str) -> Rejection:
    return Rejection("E_KEY", {"problem": problem, "problem_sv": swedish})
