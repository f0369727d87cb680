"""A verb with many options shows them in sections, each with its own title."""

from __future__ import annotations

from typing import Any

import click

from tracer.language import _


class SectionOption(click.Option):
    """An option that stands under the title `section` on the help screen."""

    def __init__(self, *names: Any, section: str, **settings: Any) -> None:
        super().__init__(*names, **settings)
        self.section = section


class SectionedCommand(click.Command):
    """A verb whose help screen keeps together what belongs together."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options under their titles, in the order in which they were given."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                title = getattr(parameter, "section", _("Help"))
                sections.setdefault(title, []).append(record)
        for title, records in sections.items():
            with formatter.section(click.style(title, bold=True)):
                formatter.write_dl(records)
