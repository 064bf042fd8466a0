"""A command group that imports a command when it is called, and knows near misses."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import click

from kg.errors import close_matches


class LazyGroup(click.Group):
    """A group whose commands live in modules of ``kg.commands``, imported when they are asked for.

    Args:
        commands_from: command -> (module in ``kg.commands``, name of the click command in it), in the order
            of the help text.
    """

    def __init__(self, *args: Any, commands_from: Mapping[str, tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._commands_from = commands_from

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(self._commands_from)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in self._commands_from:
            return None
        module, name = self._commands_from[cmd_name]
        command: click.Command = getattr(importlib.import_module(f"kg.commands.{module}"), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            near = close_matches(args[0], self._commands_from)
            if not near or "No such command" not in error.message:
                raise
            message = f"No such command {args[0]!r}. Did you mean {' or '.join(near)}?"
            raise click.UsageError(message, ctx=ctx) from error
