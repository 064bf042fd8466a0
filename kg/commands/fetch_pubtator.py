"""`kg fetch pubtator`: annotated abstracts and full texts from PubTator3."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from kg.commands.fetching import fetch_bar, open_asked_service, service_options, show

if TYPE_CHECKING:
    from kg.live.exports import Form

#: Suffixes of one file, by what it holds.
_FILES = {"biocjson": (".json",), "biocxml": (".xml",), "pubtator": (".pubtator", ".txt")}


@click.command()
@click.option("--pmid", "pmids", multiple=True, metavar="LIST|@FILE|-",
              help="PMIDs parted by commas or spaces, a file of them, or - for standard input.")  # fmt: skip
@click.option("--pmcid", "pmcids", multiple=True, metavar="LIST|@FILE|-", help="PMCIDs, whose full texts are fetched.")
@click.option("--query", metavar="TEXT", help="Search: words, @CHEMICAL_..., @DISEASE_..., relations:ANY|...|...")
@click.option("--case-reports", is_flag=True, help="Only what PubMed calls a case report; with --query.")
@click.option("--limit", type=click.IntRange(1), help="So many documents at most; with --query.")
@click.option("--full", is_flag=True, help="Full texts where there are any.")
@click.option("--format", "form", type=click.Choice(list(_FILES)), default="biocjson", show_default=True,
              help="What the service is to write.")  # fmt: skip
@click.option("-o", "--output", required=True, metavar="FOLDER|FILE", type=click.Path(path_type=Path),
              help="A folder to fetch into; or one file (.json, .xml, .pubtator; .gz), fetched by way of the folder .FILE.fetch.")  # fmt: skip
@service_options(3.0, "KG_PUBTATOR_URL")
def pubtator(
    pmids: tuple[str, ...],
    pmcids: tuple[str, ...],
    query: str | None,
    case_reports: bool,
    limit: int | None,
    full: bool,
    form: str,
    output: Path,
    refresh: bool,
    rate: float,
    timeout: float,
    attempts: int,
    url: str,
    as_json: bool,
) -> None:
    """Fetch annotated abstracts and full texts from PubTator3, as files that `kg build` reads.

    What is in the folder is not asked for again; the same command goes on after an interruption. Exits with 1 if
    something that was asked for is missing, and names it.
    """
    _check(pmids, pmcids, query, case_reports, limit, full, form)
    target = _one_file(output, form)
    from kg.live.pubtator import ADDRESS, VARIABLE, Question, fetch_pubtator
    from kg.live.wanted import read_pmcids, read_pmids

    numbers, in_pmc = read_pmids(pmids), read_pmcids(pmcids)
    if query is None and not numbers and not in_pmc:
        raise click.UsageError("There is no identifier in what was named.")
    service = open_asked_service(url, VARIABLE, ADDRESS, rate=rate, timeout=timeout, attempts=attempts)
    question = Question(query.strip(), case_reports, limit) if query is not None else None
    folder = output.with_name(f".{output.name}.fetch") if target else output
    with fetch_bar() as progress:
        report = fetch_pubtator(folder, service, pmids=numbers, pmcids=in_pmc, question=question,
                                form=cast("Form", form), full=full, target=target, refresh=refresh, progress=progress)  # fmt: skip
    show(report, output, as_json)


def _check(
    pmids: tuple[str, ...],
    pmcids: tuple[str, ...],
    query: str | None,
    case_reports: bool,
    limit: int | None,
    full: bool,
    form: str,
) -> None:
    if query is not None and (pmids or pmcids):
        raise click.UsageError("Give either identifiers or --query.")
    if query is None and not pmids and not pmcids:
        raise click.UsageError("Say what to fetch: --pmid, --pmcid or --query.")
    if query is not None and not query.strip():
        raise click.UsageError("The --query is empty.")
    if query is None and (case_reports or limit):
        raise click.UsageError("--case-reports and --limit go with --query.")
    if form == "pubtator" and (full or pmcids):
        raise click.UsageError("PubTator3 writes full texts as biocjson or biocxml, not as pubtator.")


def _one_file(output: Path, form: str) -> Path | None:
    """Return the file to write, None where a folder is named."""
    name = output.name.removesuffix(".gz")
    every = [suffix for suffixes in _FILES.values() for suffix in suffixes]
    if output.is_dir() or not name.endswith(tuple(every)):
        return None
    if not name.endswith(_FILES[form]):
        raise click.UsageError(f"{output.name} is no name of a file in {form}: {' or '.join(_FILES[form])}.")
    return output
