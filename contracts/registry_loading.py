"""Loads the registry of a site, and refuses what no record alone can show to be wrong: between its lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import chain, pairwise
from operator import attrgetter
from pathlib import Path
from typing import Any

from contracts.documents import Strict, read_document
from contracts.errors import ContractError
from contracts.indicators import PROGRAMME, Scope
from contracts.registry import RESERVED, PlannedTime, Registry
from contracts.validity import held_twice, windows_twice


def load_registry(folder: Path) -> Registry:
    """The registry of a site folder's `registry/`; raises ContractError with file, line and cure."""
    parts: dict[str, Any] = {}
    for name, field in Registry.model_fields.items():
        if not field.is_required() and not (folder / f"{name}.yaml").exists():
            parts[name] = []  # a list that sites of older versions have no file of
            continue
        model = type(f"File_{name}", (Strict,), {"__annotations__": {name: field.annotation}})
        read = [getattr(read_document(file, model), name) for file in _files(folder, name)]
        parts[name] = read[0] if len(read) == 1 else list(chain.from_iterable(read))
    registry = Registry.model_construct(**parts)
    for file, problem in chain(_dangling(registry), _aimless(registry), _ambiguous(registry)):
        raise ContractError(f"{file}.yaml", None, problem, "Mend the reference, or add what it names")
    for file, problem in chain(_overlapping(registry), _planned_twice(registry), _said_twice(registry)):
        raise ContractError(f"{file}.yaml", None, problem, "Let one end before the other begins, or leave one out")
    return registry


def _files(folder: Path, name: str) -> list[Path]:
    """The file of a list, or the files of the folder of its name: a long list may be parted."""
    parted = sorted((folder / name).glob("*.yaml"))
    return parted or [folder / f"{name}.yaml"]


def _dangling(registry: Registry) -> Iterator[tuple[str, str]]:
    """References that lead nowhere, and ids that stand twice."""
    regions = {item.id for item in registry.regions}
    testbeds = {item.id for item in registry.testbeds}
    equipment = {item.id for item in registry.equipment}
    pilots = {item.id for item in registry.pilots}
    owners = {item.org_nr for item in registry.organisations}
    indicators = {item.id for item in registry.indicators}
    references: list[tuple[str, str, str, set[str]]] = []
    references += [("testbeds", t.id, t.region, regions) for t in registry.testbeds]
    references += [("equipment", e.id, e.testbed, testbeds) for e in registry.equipment]
    references += [("equipment", e.id, e.owner, owners) for e in registry.equipment]
    references += [("channels", c.channel, c.equipment, equipment) for c in registry.channels]
    references += [("planned_time", "", p.equipment, equipment) for p in registry.planned_time]
    references += [("closures", str(c.day), c.testbed, testbeds) for c in registry.closures]
    references += [("pilots", p.id, r, regions) for p in registry.pilots for r in p.regions]
    references += [("pilots", p.id, p.subproject, {s.id for s in registry.subprojects}) for p in registry.pilots]
    references += [("allocations", a.pilot, a.pilot, pilots) for a in registry.allocations]
    references += [("allocations", a.pilot, a.equipment, equipment) for a in registry.allocations]
    references += [("targets", t.indicator, t.indicator, indicators) for t in registry.targets]
    references += [("indicators", i.id, i.of_indicator, indicators) for i in registry.indicators if i.of_indicator]
    references += [("indicator_codes", c.code, c.indicator, indicators) for c in registry.indicator_codes]
    codes = {f"{c.code_list} {c.code}" for c in registry.erdf_codes}
    references += [("indicator_codes", c.indicator, f"{c.code_list} {c.code}", codes) for c in registry.indicator_codes]
    references += [("meters", m.id, m.equipment, equipment) for m in registry.meters]
    references += [("characteristics", c.id, c.equipment, equipment) for c in registry.characteristics]
    measured = {f"{c.equipment} {c.channel}" for c in registry.channels}
    references += [
        ("characteristics", c.id, f"{c.equipment} {c.channel}", measured) for c in registry.characteristics if c.channel
    ]
    for file, owner, name, known in references:
        if name not in known:
            yield file, f"{owner}: '{name}' is not in the registry"
    identities = [
        ("testbeds", [t.id for t in registry.testbeds]),
        ("pilots", [p.id for p in registry.pilots]),
        ("indicators", [i.id for i in registry.indicators]),
        ("characteristics", [f"{c.id} {c.version}" for c in registry.characteristics]),
    ]
    for file, ids in identities:
        for name in {name for name in ids if ids.count(name) > 1}:
            yield file, f"'{name}' stands twice"


def _ambiguous(registry: Registry) -> Iterator[tuple[str, str]]:
    """Machines of which a topic could not tell the sender: one path on one day twice, or the name of a service."""
    for machine in registry.equipment:
        if machine.device in RESERVED:
            yield "equipment", f"{machine.id}: '{machine.device}' is the name of a service, no device may bear it"
    for path, group in registry._by_path().items():
        ordered = sorted(group, key=lambda one: one.valid_from)
        for one, after in pairwise(ordered):
            if after.valid_from <= one.valid_to:
                yield "equipment", f"{one.id} and {after.id} stand at one place ({'/'.join(path)}) at the same time"


def _aimless(registry: Registry) -> Iterator[tuple[str, str]]:
    """Targets that no value will ever be held against: their scope does not exist, or has no such indicator."""
    known: dict[Scope, set[str]] = {
        "programme": {PROGRAMME},
        "subproject": {item.id for item in registry.subprojects},
        "region": {item.id for item in registry.regions},
        "company_region": {item.id for item in registry.regions},
        "pilot": {item.id for item in registry.pilots},
        "testbed": {item.id for item in registry.testbeds},
    }
    measured = {(item.id, scope) for item in registry.indicators for scope in item.scope}
    for target in registry.targets:
        if target.scope_id not in known[target.scope]:
            yield "targets", f"{target.indicator}: there is no {target.scope} '{target.scope_id}'"
        elif (target.indicator, target.scope) not in measured:
            yield "targets", f"{target.indicator} is not computed for a {target.scope}"


#: What the records of each list are of: of one thing at most one record holds on any day.
_ONE_OF: dict[str, tuple[str, ...]] = {
    "equipment": ("id",), "channels": ("equipment", "channel"), "products": ("id",), "pilots": ("id",),
    "allocations": ("pilot", "equipment"), "meters": ("id",),
    "erdf_codes": ("code_list", "code"), "emission_factors": ("carrier",),
}  # fmt: skip


def _overlapping(registry: Registry) -> Iterator[tuple[str, str]]:
    """Records of one thing that hold on the same day: whatever joins them would count twice."""
    for file, fields in _ONE_OF.items():
        key = attrgetter(*fields)
        for one, other in held_twice(getattr(registry, file), key):
            name = " ".join(str(getattr(one, field)) for field in fields)
            yield file, f"{name}: the records from {one.valid_from} and from {other.valid_from} hold on the same days"


def _planned_twice(registry: Registry) -> Iterator[tuple[str, str]]:
    """Planned windows of a machine that share time on one weekday: POT would count it twice."""
    planned: dict[tuple[str, int], list[PlannedTime]] = {}
    for rule in registry.planned_time:
        for weekday in set(rule.weekdays):
            planned.setdefault((rule.equipment, weekday), []).append(rule)
    for (machine, weekday), rules in sorted(planned.items(), key=lambda one: one[0]):
        for early, late in windows_twice((rule, rule.opens_s, rule.closes_s) for rule in rules):
            shown = " and ".join(f"{rule.opens:%H:%M}-{rule.closes:%H:%M}" for rule in (early, late))
            yield "planned_time", f"{machine}: {shown} share time on weekday {weekday}; it would be planned twice"


def _said_twice(registry: Registry) -> Iterator[tuple[str, str]]:
    """Words of stop reasons that mean two things, and versions of a characteristic that stand twice."""
    words = Counter(word.casefold() for reason in registry.stop_reasons for word in {w.strip() for w in reason.words})
    yield from (("stop_reasons", f"the word '{word}' means {n} reasons") for word, n in words.items() if n > 1)
    codes = Counter(reason.code for reason in registry.stop_reasons)
    yield from (("stop_reasons", f"'{code}' stands {n} times") for code, n in codes.items() if n > 1)
    versions = Counter((item.id, item.version) for item in registry.characteristics)
    for (name, version), n in versions.items():
        if n > 1:
            yield "characteristics", f"version {version} of '{name}' stands {n} times"
