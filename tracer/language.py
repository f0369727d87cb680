"""The words on the screen, in the reader's language, and commands as they are typed.

English stands in the code; every other language is one catalogue,
``tracer/locale/<language>/LC_MESSAGES/tracer.mo`` (GNU gettext). Nothing else has to change when
one is added. The language is that of ``TRACER_LANGUAGE``, or of the usual ``LANGUAGE``, ``LC_ALL``,
``LC_MESSAGES`` and ``LANG``; where no catalogue fits, English is shown.
"""

from __future__ import annotations

import gettext
import os
import shlex
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


def code() -> str:
    """The language of the sentences, as a page names it: ``"en"``, ``"pt-BR"``."""
    return _catalogue().info().get("language", "").replace("_", "-") or "en"


def plural(one: str, many: str, n: int) -> str:
    """The sentence for `n` things: `one` or `many` in English, up to six forms elsewhere.

    Put the number in afterwards: ``plural("{n} word", "{n} words", n).format(n=n)``.
    """
    return _catalogue().ngettext(one, many, n)


def quoted(*words: str) -> str:
    """`words` as they are typed at this machine's shell, so that a command can be copied."""
    if os.name == "nt":
        from subprocess import list2cmdline

        return list2cmdline(words)
    return shlex.join(words)


def quoted_file(path: str | os.PathLike[str]) -> str:
    """A file's name as it is typed; one that begins with a dash would be taken for an option."""
    name = os.fspath(path)
    return quoted(os.path.join(os.curdir, name) if name.startswith("-") else name)  # noqa: PTH118
