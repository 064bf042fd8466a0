"""Small corpora with relations, written for the tests, in the form of PubTator."""

from __future__ import annotations

from pathlib import Path

#: Names of the corpus with their kind and identifier.
NAMES = {
    "amiodarone": ("Chemical", "D000638"),
    "gentamicin": ("Chemical", "D005839"),
    "warfarin": ("Chemical", "D014859"),
    "hepatitis": ("Disease", "D056486"),
    "deafness": ("Disease", "D003638"),
    "fever": ("Disease", "D005334"),
}
#: (title, abstract, relations as pairs of names)
DOCUMENTS = (
    ("Amiodarone and the liver.", "A man developed hepatitis after amiodarone.", (("amiodarone", "hepatitis"),)),
    ("Two drugs.", "Gentamicin caused fever. A man took warfarin and had deafness.", (("gentamicin", "deafness"),)),
    ("A report.", "Warfarin was given for fever.", ()),
)


def pubtator(path: Path, documents: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = DOCUMENTS) -> Path:
    """Write documents as a PubTator file in which every place of a name is a mention; return the file."""
    lines: list[str] = []
    for number, (title, abstract, relations) in enumerate(documents, 1):
        lines += [f"{number}|t|{title}", f"{number}|a|{abstract}"]
        text = f"{title} {abstract}"
        for name, (kind, identifier) in NAMES.items():
            start = text.lower().find(name)
            while start >= 0:
                end = start + len(name)
                lines.append(f"{number}\t{start}\t{end}\t{text[start:end]}\t{kind}\t{identifier}")
                start = text.lower().find(name, end)
        lines += [f"{number}\tCID\t{NAMES[drug][1]}\t{NAMES[condition][1]}" for drug, condition in relations]
        lines.append("")
    path.write_text("\n".join(lines), encoding="utf-8")
    return path
