"""A small corpus in the form of PubTator, on the index of the audit's checks, written for the tests."""

from __future__ import annotations

from pathlib import Path

#: Name -> kind and identifier.
NAMES = {
    "lung cancer": ("Disease", "MESH:D000011"),
    "small cell lung carcinoma": ("Disease", "MESH:D000012"),
    "nephrotic syndrome": ("Disease", "MESH:D000021"),
    "kidney disease": ("Disease", "MESH:D000020"),
    "aspirin": ("Chemical", "MESH:D000030"),
}
TEXTS = (
    ("Lung cancer after aspirin.", "A man of 50 years had lung cancer and nephrotic syndrome. He took aspirin."),
    (
        "Kidney disease.",
        "Nephrotic syndrome is a kidney disease. A small cell lung carcinoma (SCLC) was seen. SCLC grew.",
    ),
    ("A case of small cell lung carcinoma.", "A woman of 60 years had small cell lung carcinoma and took aspirin."),
)


def corpus(path: Path) -> Path:
    """Write the corpus with a mention at every place of a name; return the file."""
    lines: list[str] = []
    for number, (title, abstract) in enumerate(TEXTS, 1):
        lines += [f"{number}|t|{title}", f"{number}|a|{abstract}"]
        text = f"{title} {abstract}"
        for name, (kind, identifier) in {**NAMES, "SCLC": ("Disease", "MESH:D000012")}.items():
            start = text.lower().find(name.lower())
            while start >= 0:
                lines.append(
                    f"{number}\t{start}\t{start + len(name)}\t{text[start : start + len(name)]}\t{kind}\t{identifier}"
                )
                start = text.lower().find(name.lower(), start + 1)
        lines.append("")
    path.write_text("\n".join(lines), encoding="utf-8")
    return path
