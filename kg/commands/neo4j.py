"""`kg neo4j`: a Neo4j on this machine with Browser, the graph, and a guide; or the guide alone, for another server."""

from __future__ import annotations

import shlex
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.commands.common import graph_argument, json_option, print_json
from kg.graph.store import GraphFolder

if TYPE_CHECKING:
    from kg.live.neo4jlocal import LocalNeo4j

home_option = click.option(
    "--home",
    metavar="FOLDER",
    default=".neo4j",
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder of the server: its data, its password, its logs.",
)


@click.group()
def neo4j() -> None:
    """Run a Neo4j here and show a graph in Neo4j Browser."""


@neo4j.command()
@graph_argument
@home_option
@click.option("--release", type=click.Choice(["lts", "current"]), default="lts", show_default=True,
              help="Neo4j 5 LTS (Java 17 or newer), or the current version (Java 21 or newer).")  # fmt: skip
@click.option("--bolt-port", type=click.IntRange(1, 65535), default=7687, show_default=True,
              help="Port for drivers; a free one is taken where it is in use.")  # fmt: skip
@click.option("--http-port", type=click.IntRange(1, 65535), default=7474, show_default=True,
              help="Port of Neo4j Browser, likewise.")  # fmt: skip
@click.option("--ends-with", metavar="COMMAND", hidden=True, help="The command to name for ending it.")
@json_option
def start(
    folder: GraphFolder,
    *,
    home: Path,
    release: str,
    bolt_port: int,
    http_port: int,
    ends_with: str | None,
    as_json: bool,
) -> None:
    """Start Neo4j with Neo4j Browser on this machine, load the graph DIR, and open its guide after login.

    Java is needed, and the first time Maven, which brings the server. It listens on loopback alone and goes on until
    `kg neo4j stop`. Started again, it says where it runs, and loads the graph if that has changed.
    """
    from kg.commands.load import load_bar
    from kg.live.browserfiles import browser_files
    from kg.live.neo4jjars import RELEASES
    from kg.live.neo4jlocal import start as start_server
    from kg.views.neo4j import load_neo4j

    def say(words: str) -> None:
        click.echo(words, err=True)

    running, new = start_server(home, release=RELEASES[release], bolt=bolt_port, http=http_port, say=say)
    access = running.access
    say(f"Loading {folder.path} ...")
    # The database is the command's own: what an earlier graph had and this one has not goes.
    with load_bar() as progress:
        load_neo4j(folder, uri=access.uri, user=access.user, password=access.password, prune=True, progress=progress)
    running.write_guide(browser_files(folder, running.guide_address))
    if as_json:
        print_json({**_facts(running), "started": new})
        return
    click.echo(f"Neo4j {running.version} {'runs' if new else 'already runs'}, with the graph {folder.path}.")
    _show(running, home)
    click.echo(f"End it with: {ends_with or _stop_command(home)}")


@neo4j.command()
@home_option
def stop(home: Path) -> None:
    """End the server that `kg neo4j start` started; its data stay for the next start."""
    from kg.live.neo4jlocal import stop as stop_server

    ran = stop_server(home, say=lambda words: click.echo(words, err=True))
    click.echo("Neo4j has ended." if ran else f"No Neo4j runs in {home}.")


@neo4j.command()
@home_option
@json_option
@click.pass_context
def status(context: click.Context, *, home: Path, as_json: bool) -> None:
    """Say whether the server runs, and where; exits with 1 if it does not."""
    from kg.live.neo4jlocal import status as find

    running = find(home)
    if as_json:
        print_json({**(_facts(running) if running else {}), "runs": running is not None})
    elif running:
        click.echo(f"Neo4j {running.version} runs.")
        _show(running, home)
        click.echo(f"End it with: {_stop_command(home)}")
    else:
        click.echo(f"No Neo4j runs in {home}.")
    context.exit(0 if running else 1)


@neo4j.command()
@graph_argument
@click.option("-o", "--output", metavar="FOLDER", type=click.Path(path_type=Path, file_okay=False),
              help="Write the files there and serve nothing.")  # fmt: skip
@click.option("--url", metavar="URL", help="With -o: where the files will be served.")
@click.option("--port", type=click.IntRange(0, 65535), default=7475, show_default=True,
              help="Port of loopback; 0 takes a free one.")  # fmt: skip
@click.option("--origin", "origins", multiple=True, metavar="URL",
              help="Where Neo4j Browser is, if not on this machine, such as https://graph.example:7473.")  # fmt: skip
def guide(folder: GraphFolder, *, output: Path | None, url: str | None, port: int, origins: tuple[str, ...]) -> None:
    """Serve a guide, a style and saved queries for the graph DIR to the Neo4j Browser of any server.

    The guide walks through a case of the graph: its drug, disease, evidence, the audit's finding and the ancestors. It
    is served on this machine until Control-C; the server must hold the graph (`kg load neo4j`).
    """
    from kg.live.browserfiles import browser_files, settings

    if output is not None:
        address = f"{url.rstrip('/')}/" if url else ""
        written = browser_files(folder, address)
        output.mkdir(parents=True, exist_ok=True)
        for name, content in written.items():
            (output / name).write_bytes(content)
        click.echo(f"Wrote {', '.join(written)} to {output}.")
        if address:
            _explain(settings(address))
        else:
            click.echo("Serve them over HTTP with CORS and write them again with --url, to have the style clickable.")
        return
    _serve(folder, port, origins)


def _serve(folder: GraphFolder, port: int, origins: tuple[str, ...]) -> None:
    import tempfile

    from kg.live.browserfiles import browser_files, settings
    from kg.live.guideserver import GuideServer

    with tempfile.TemporaryDirectory() as place, GuideServer(Path(place), port, origins) as server:
        for name, content in browser_files(folder, server.address).items():
            (Path(place) / name).write_bytes(content)
        click.echo(f"Serving the guide of {folder.path} at {server.address}guide.html until Control-C.")
        _explain(settings(server.address))
        click.echo(f"Or, with nothing set, type in Neo4j Browser:  :guide {server.address}guide.html")
        # A command that runs in the background has Control-C switched off by its shell.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo("Ended.")


def _explain(lines: list[str]) -> None:
    click.echo("For the guide to open after login, neo4j.conf of the server needs (Neo4j 5 and current, same names):")
    for line in lines:
        click.echo(f"  {line}")


def _show(running: LocalNeo4j, home: Path) -> None:
    click.echo(f"  Browser:  {running.browser}")
    click.echo("  user:     neo4j")
    click.echo(f"  password: in the file {home / running.password_file.name}")
    click.echo(f"  guide:    opens after login; {running.guide_address}guide.html")


def _facts(running: LocalNeo4j) -> dict[str, object]:
    return {
        "browser": running.browser,
        "uri": running.access.uri,
        "user": running.access.user,
        "password_file": str(running.password_file),
        "guide": f"{running.guide_address}guide.html",
        "version": running.version,
    }


def _stop_command(home: Path) -> str:
    return "kg neo4j stop" + ("" if home == Path(".neo4j") else f" --home {shlex.quote(str(home))}")
