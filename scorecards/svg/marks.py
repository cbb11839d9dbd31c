"""Small signs that stand beside words: one shape for each status, so that colour is never the only difference."""

from __future__ import annotations

from markupsafe import Markup, escape

from scorecards.palette import STATUS

_SHAPES = {
    "ahead": '<path d="M6 1.2 11 10.4H1z" fill="{c}"/>',
    "on_track": '<circle cx="6" cy="6" r="4.6" fill="{c}"/>',
    "at_risk": '<path d="M6 .8 11.2 6 6 11.2.8 6z" fill="{c}"/>',
    "behind": '<path d="M6 10.8 11 1.6H1z" fill="{c}"/>',
    "not_assessable": '<circle cx="6" cy="6" r="4.2" fill="none" stroke="{c}" stroke-width="1.6" '
    'stroke-dasharray="2.4 2"/>',
    "not_measured": '<path d="M2 2h8v8H2z" fill="none" stroke="{c}" stroke-width="1.4" stroke-dasharray="1.6 1.6"/>',
    "followed": '<circle cx="6" cy="6" r="2.2" fill="{c}"/>',
    "no_target": '<path d="M1.5 6h9" stroke="{c}" stroke-width="2"/>',
}


_MARKS = {
    status: Markup(
        f'<svg class="mark" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">'
        f"{shape.format(c=STATUS[status])}</svg>"
    )
    for status, shape in _SHAPES.items()
}


def status_mark(status: str) -> Markup:
    """The sign of a status; hidden from screen readers, because the word stands beside it."""
    return _MARKS[status]


def titled(
    kind: str, name: str, title: str, desc: str, width: float, height: float, body: str, stretch: bool = False
) -> Markup:
    """An image with a title and a description that screen readers read; `stretch`: it fills the width it is given."""
    fit = ' preserveAspectRatio="none"' if stretch else ""
    return Markup(
        f'<svg class="{kind}" role="img" aria-labelledby="{name}-t {name}-d" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}"{fit}>'
        f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(desc)}</desc>{body}</svg>'
    )
