"""The words on the screen, in the reader's language.

English stands in the code; every other language is one catalogue,
``tracer/locale/<language>/LC_MESSAGES/tracer.mo`` (GNU gettext). Nothing else has to change when
one is added. The language is that of ``TRACER_LANGUAGE``, or of the usual ``LANGUAGE``, ``LC_ALL``,
``LC_MESSAGES`` and ``LANG``; where no catalogue fits, English is shown.
"""

from __future__ import annotations

import gettext
import os
from functools import cache
from pathlib import Path

LOCALE_DIR = Path(__file__).parent / "locale"


@cache
def _catalogue() -> gettext.NullTranslations:
    chosen = os.environ.get("TRACER_LANGUAGE")
    languages = [chosen] if chosen else None
    return gettext.translation("tracer", LOCALE_DIR, languages, fallback=True)


def _(text: str) -> str:
    """`text` in the reader's language. Put values in afterwards: ``_("step {t}").format(t=3)``."""
    return _catalogue().gettext(text) if text else text


def plural(one: str, many: str, n: int) -> str:
    """The sentence for `n` things: `one` or `many` in English, up to six forms elsewhere.

    Put the number in afterwards: ``plural("{n} word", "{n} words", n).format(n=n)``.
    """
    return _catalogue().ngettext(one, many, n)
