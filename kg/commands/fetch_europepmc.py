"""`kg fetch europepmc`: open-access full texts from Europe PMC."""

from __future__ import annotations

from pathlib import Path

import click

from kg.commands.fetching import fetch_bar, open_asked_service, service_options, show


@click.command()
@click.option("--pmcid", "pmcids", multiple=True, metavar="LIST|@FILE|-",
              help="PMCIDs parted by commas or spaces, a file of them, or - for standard input.")  # fmt: skip
@click.option("--query", metavar="TEXT", help="Search, in the syntax of Europe PMC.")
@click.option("--case-reports", is_flag=True, help="Only articles of the type Case Reports; with --query.")
@click.option("--open-access/--any-access", default=True, show_default=True,
              help="Search among articles with an open full text only; the others are told as missing.")  # fmt: skip
@click.option("--limit", type=click.IntRange(1), help="So many articles at most; with --query.")
@click.option("-o", "--output", required=True, metavar="FOLDER", type=click.Path(path_type=Path, file_okay=False),
              help="The folder to fetch into.")  # fmt: skip
@service_options(5.0, "KG_EUROPEPMC_URL")
def europepmc(
    pmcids: tuple[str, ...],
    query: str | None,
    case_reports: bool,
    open_access: bool,
    limit: int | None,
    output: Path,
    refresh: bool,
    rate: float,
    timeout: float,
    attempts: int,
    url: str,
    as_json: bool,
) -> None:
    """Fetch open-access full texts (JATS) from Europe PMC, one file an article, as `kg build` reads them.

    What is in the folder is not asked for again; the same command goes on after an interruption. Exits with 1 if
    something that was asked for is missing, and names it. The articles' licences stand in fetch.manifest.
    """
    if query is not None and pmcids:
        raise click.UsageError("Give either --pmcid or --query.")
    if query is None and not pmcids:
        raise click.UsageError("Say what to fetch: --pmcid or --query.")
    if query is not None and not query.strip():
        raise click.UsageError("The --query is empty.")
    if query is None and (case_reports or limit or not open_access):
        raise click.UsageError("--case-reports, --any-access and --limit go with --query.")
    from kg.live.europepmc import ADDRESS, VARIABLE, Question, fetch_europepmc
    from kg.live.wanted import read_pmcids

    wanted = read_pmcids(pmcids)
    if query is None and not wanted:
        raise click.UsageError("There is no identifier in what was named.")
    service = open_asked_service(url, VARIABLE, ADDRESS, rate=rate, timeout=timeout, attempts=attempts)
    question = Question(query.strip(), case_reports, limit, open_access) if query is not None else None
    with fetch_bar() as progress:
        report = fetch_europepmc(output, service, pmcids=wanted, question=question, refresh=refresh, progress=progress)
    show(report, output, as_json)
