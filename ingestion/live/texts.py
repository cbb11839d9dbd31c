"""The words of the live page, Swedish and English side by side, and how it writes times, ages and amounts."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from contracts.clock import utc

#: key → (Swedish, English)
TEXTS: dict[str, tuple[str, str]] = {
    "title": ("Sänder min maskin?", "Is my machine sending?"),
    "skip": ("Till innehållet", "Skip to content"),
    "main_nav": ("Huvudmeny", "Main menu"),
    "scorecards": ("Styrkort", "Scorecards"),
    "live": ("Läget nu", "Live"),
    "other_language": ("English", "Svenska"),
    "demonstration_word": ("DEMONSTRATION", "DEMONSTRATION"),
    "demonstration": (
        "Maskiner, företag och beslut är påhittade; den inspelade 3D-utskriften är verklig.",
        "Machines, companies and decisions are invented; the recorded 3D print is real.",
    ),
    "data_at": ("Läget", "As of"),
    "pause": ("Pausa uppdateringen", "Pause updates"),
    "resume": ("Fortsätt uppdatera", "Resume updates"),
    "lost": ("Ingen kontakt: sidan visar det senast kända läget.", "No contact: the page shows the last known state."),
    "summary": ("Maskiner", "Machines"),
    "services": ("Tjänster", "Services"),
    "works": ("fungerar", "works"),
    "fails": ("fungerar inte", "does not work"),
    "trouble": ("Något av våra egna led står still", "One of our own services stands still"),
    "state.sends": ("sänder", "sends"),
    "state.sends_by_file": ("sänder i filer", "sends in files"),
    "stale": ("äldre än väntat", "older than expected"),
    "state.late": ("sen", "late"),
    "state.silent": ("tyst", "silent"),
    "state.never": ("aldrig hörd", "never heard"),
    "state.rest": ("vilar enligt plan", "at rest by plan"),
    "explain.sends": ("hörd inom 2 väntade intervall", "heard within 2 expected intervals"),
    "explain.late": ("hörd för 2 till 10 intervall sedan", "heard 2 to 10 intervals ago"),
    "explain.silent": ("inget på mer än 10 intervall", "nothing for more than 10 intervals"),
    "explain.never": ("inget har kommit än", "nothing has come yet"),
    "explain.rest": ("tyst, men utanför planerad tid", "silent, but outside planned time"),
    "last": ("Senast hörd", "Last heard"),
    "last_file_came": ("Senaste filen kom", "Last file came"),
    "newest_at": ("Nyaste uppgift i en fil", "Newest reading in a file"),
    "ago": ("för {age} sedan", "{age} ago"),
    "expected": ("Väntat intervall", "Expected interval"),
    "rate": ("Senaste minuten", "Last minute"),
    "messages": ("meddelanden", "messages"),
    "missing": ("Saknade meddelanden", "Missing messages"),
    "not_countable": ("kan inte räknas", "not countable"),
    "guarantee": ("Vad vi lovar", "What we promise"),
    "last_message": ("Senaste meddelandet", "Last message"),
    "last_file": ("Senaste filen", "Last file"),
    "topic": ("Ämne", "Topic"),
    "file": ("Fil", "File"),
    "as_received": ("Som det kom", "As received"),
    "as_understood": ("Så tolkades det", "As understood"),
    "bytes": ("byte", "bytes"),
    "place": ("Plats i mottagningen (spool)", "Place in the spool"),
    "rejections": ("Avvisat", "Refused"),
    "none_rejected": ("Inget avvisat", "Nothing refused"),
    "code": ("Kod", "Code"),
    "reason": ("Orsak, senaste exemplet", "Reason, newest example"),
    "newest": ("senast", "newest"),
    "cure": ("Så rättar du det", "How to mend it"),
    "last_24h": ("senaste dygnet", "last 24 h"),
    "in_all": ("totalt", "in all"),
    "where": ("Var", "Where"),
    "other_rejections": ("Avvisat utan känd maskin", "Refused, machine unknown"),
    "files": ("Inlämnade filer", "Dropped files"),
    "no_files": ("Ingen fil har lämnats in.", "No file has been dropped."),
    "files_shown": (
        "Högst tio filer med avvisade rader och tio andra visas, nyast först. Inlämnade totalt: {n}.",
        "At most ten files with refused rows and ten others are shown, the newest first. Dropped in all: {n}.",
    ),
    "files_troubled": ("Filer med avvisade rader", "Files with refused rows"),
    "files_good": ("Filer utan avvisade rader", "Files without refused rows"),
    "received": ("Mottagen", "Received"),
    "outcome": ("Utfall", "Outcome"),
    "rows": ("Rader", "Rows"),
    "accepted": ("godkända", "accepted"),
    "ignored": ("medvetet bortvalda", "ignored by contract"),
    "quarantined": ("avvisade", "refused"),
    "quarantined_one": ("avvisad", "refused"),
    "accepted_one": ("godkänd", "accepted"),
    "duplicate_one": ("dubblett", "duplicate"),
    "ignored_one": ("medvetet bortvald", "ignored by contract"),
    "messages_one": ("meddelande", "message"),
    "segments_one": ("del", "part"),
    "duplicate": ("dubbletter", "duplicates"),
    "outcome.accepted": ("godkänd", "accepted"),
    "outcome.partial": ("delvis godkänd", "partly accepted"),
    "outcome.quarantined": ("avvisad", "refused"),
    "outcome.duplicate": ("dubblett", "duplicate"),
    "outcome.superseding": ("godkänd, ersätter en tidigare", "accepted, in the place of an earlier one"),
    "in_place_of": ("Står i stället för", "Stands in the place of"),
    "superseded_by": ("Räknas inte längre: ersatt av", "Counts no longer: superseded by"),
    "at_the_door": ("Ligger i filluckan men tas inte emot", "In the drop folder and not taken"),
    "since": ("Sedan", "Since"),
    "platform": ("Plattformen", "The platform"),
    "accounting": ("Tolkat hittills", "Landed so far"),
    "unreadable": ("kan inte läsas", "cannot be read"),
    "last_any": ("Senaste meddelandet från någon", "Last message of anybody"),
    "pending": ("Väntar på tolkning", "Waiting to be landed"),
    "segments": ("delar", "parts"),
    "spool_bytes": ("Sparat som det kom", "Kept as it came"),
    "free": ("Ledigt på disken", "Free on the disk"),
    "disk_used": ("{percent} använt", "{percent} used"),
    "queue": ("Kö i MQTT-servern", "Queue in the broker"),
    "of_limit": ("{percent} av gränsen", "{percent} of its limit"),
    "dropped": ("Kastat av MQTT-servern", "Dropped by the broker"),
    "selftest": ("MQTT-serverns starttest", "The broker's start-up test"),
    "selftest_found": (
        "{qos_1} av 2\u202f000 QoS 1 och {qos_0} av 500 QoS 0 kom tillbaka",
        "{qos_1} of 2\u202f000 QoS 1 and {qos_0} of 500 QoS 0 came back",
    ),
    "selftest_none": ("inte gjort än", "not made yet"),
    "broker_runs": ("MQTT-servern har gått i", "The broker has run for"),
    "clients": ("anslutna", "connected"),
    "clients_one": ("ansluten", "connected"),
    "received_since": ("Mottaget sedan mottagaren startade", "Received since the receiver's start"),
    "sessions_lost": ("{n} tappade sessioner", "{n} lost sessions"),
    "way": ("Provmeddelande tolkat senast", "Test message landed last"),
    "acknowledged": ("Kvitterat hela vägen till nummer", "Acknowledged end to end up to number"),
    "two_senders": ("två utkorgar bär samma namn", "two outboxes bear the same name"),
    "gaps": ("Luckor i numreringen", "Gaps in the numbering"),
    "numbers": ("Saknas: nummer", "Missing: number"),
    "device": ("enhet", "device"),
    "alerts": ("Larm", "Alerts"),
    "alerts_now": ("Larm just nu", "Alerts now"),
    "alerts_over": ("Avslutade larm", "Alerts that are over"),
    "alerts_none": ("Inga larm.", "No alerts."),
    "alerts_to": ("Larm skickas till", "Alerts are sent to"),
    "alerts_nobody": (
        "Larm visas bara här: ingen mottagare är angiven (alert_file).",
        "Alerts are shown here only: no address is stated (alert_file).",
    ),
    "alerts_broken": ("Larm når ingen:", "Alerts reach nobody:"),
    "alerts_unsent": ("{n} väntar på att kunna skickas.", "{n} wait to be sent."),
    "edition": ("Utgåva", "Edition"),
    "refresh": ("Senaste uppdatering", "Last refresh"),
    "none": ("ingen än", "none yet"),
    "no_machines": ("Ingen maskin är registrerad.", "No machine is registered."),
    "refresh.building": ("pågår", "under way"),
    "refresh.transformed": ("pågår", "under way"),
    "refresh.published": ("publicerad", "published"),
    "refresh.blocked": ("stoppad av kontrollerna", "stopped by the checks"),
    "refresh.broken": ("avbruten", "broken off"),
    "missing_page": ("Sidan finns inte", "No such page"),
    "missing_text": (
        "Adressen leder ingenstans. Den kan ha funnits i en tidigare utgåva.",
        "The address leads nowhere. It may have been part of an earlier edition.",
    ),
    "first_edition": ("Den första utgåvan håller på att göras", "The first edition is being made"),
    "first_text": (
        "Så snart de första mätvärdena har tolkats och kontrollerats visas styrkorten här. "
        "Under tiden visar Läget nu vad som kommer in.",
        "As soon as the first readings are understood and checked, the scorecards appear here. "
        "Meanwhile the live page shows what comes in.",
    ),
}

SYMBOLS = {
    "sends": "●", "late": "◐", "silent": "○", "never": "–", "rest": "☾",
    "accepted": "✓", "partial": "◐", "quarantined": "✕", "duplicate": "=", "superseding": "↻",
}  # fmt: skip


class Voice:
    """The words, times and amounts of one language, in the site's time zone."""

    def __init__(self, lang: str, time_zone: str) -> None:
        self.lang, self._zone = lang, ZoneInfo(time_zone)
        self._column = 0 if lang == "sv" else 1

    def __call__(self, key: str, **values: str) -> str:
        words = TEXTS[key][self._column]
        return words.format(**values) if values else words

    def counted(self, number: int, key: str) -> str:
        """A number with its word in the right form: `1 avvisad`, `3 avvisade`."""
        return f"{self.number(number)} {self(f'{key}_one' if number == 1 else key)}"

    def of(self, words: object) -> str:
        """A text that has both languages."""
        return str(getattr(words, self.lang))

    def instant(self, moment: datetime | None) -> str:
        """`2026-11-24 13:00:00`, local time."""
        return "–" if moment is None else f"{moment.astimezone(self._zone):%Y-%m-%d %H:%M:%S}"

    def age(self, seconds: float | None) -> str:
        """A duration in its two largest units at most."""
        if seconds is None:
            return "–"
        whole = int(seconds)
        if whole < 60:
            return f"{whole} s"
        if whole < 3600:
            return f"{whole // 60} min"
        hours, days = whole // 3600, whole // 86400
        if days >= 2:
            return f"{days} {'dygn' if self.lang == 'sv' else 'days'}"
        return f"{hours} {'tim' if self.lang == 'sv' else 'h'} {whole % 3600 // 60} min"

    def number(self, value: float) -> str:
        """Thousands apart with a narrow space; the decimal sign of the language."""
        text = f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"
        text = text.replace(",", "\u202f")
        return text.replace(".", ",") if self.lang == "sv" else text

    def percent(self, share: float) -> str:
        """`0,1 %`, `47 %`: whole percents from 1 on."""
        value = share * 100
        return f"{self.number(round(value, 1) if value < 1 else round(value))} %"

    def ns(self, moment: int) -> str:
        """The instant of a clock reading, ns since 1970 UTC."""
        return self.instant(utc(moment))

    def size(self, octets: int) -> str:
        """Bytes in the unit that fits."""
        value, unit = float(octets), "B"
        for larger in ("kB", "MB", "GB", "TB"):
            if value < 1000:
                break
            value, unit = value / 1000, larger
        return f"{self.number(round(value, 1))} {unit}"
