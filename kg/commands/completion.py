"""`kg completion`: the script that makes a shell complete `kg`."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script of a shell.

    For bash: `kg completion bash > ~/.local/share/bash-completion/completions/kg`.
    """
    from kg.commands import cli

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"no completion for {shell}")
    click.echo(kind(cli, {}, "kg", "_KG_COMPLETE").source())
