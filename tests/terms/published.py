"""Small releases as the owners publish them, at the owners' paths."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

from tests.terms.release_server import ReleaseServer, Served

MESH = "/projects/mesh/MESH_FILES/xmlmesh"
ARCHIVE = "/projects/mesh/{}/xmlmesh"
EXTRAS = "/pubchem/Compound/Extras"
MAPPINGS = "/obo/mondo/mappings"


def obo(version: str = "2026-05-05", label: str = "osteosarcoma") -> bytes:
    return (
        f"format-version: 1.4\ndata-version: releases/{version}\nontology: mondo\n\n"
        f"[Term]\nid: MONDO:0009807\nname: {label}\n"
    ).encode()


def obographs(version: str = "2026-05-05") -> bytes:
    return (
        '{"graphs": [{"id": "http://purl.obolibrary.org/obo/mondo.owl", "meta": {"version": '
        f'"http://purl.obolibrary.org/obo/mondo/releases/{version}/mondo.json"}}, "nodes": ['
        '{"id": "http://purl.obolibrary.org/obo/MONDO_0009807", "lbl": "osteosarcoma", "type": "CLASS"}]}]}'
    ).encode()


def descriptors(year: int = 2026) -> bytes:
    return gzip.compress(
        f'<?xml version="1.0"?>\n<DescriptorRecordSet LanguageCode = "eng">\n<DescriptorRecord DescriptorClass = "1">\n'
        f"<DescriptorUI>D012516</DescriptorUI>\n<DescriptorName><String>Osteosarcoma {year}</String></DescriptorName>\n"
        "</DescriptorRecord>\n</DescriptorRecordSet>\n".encode(),
        mtime=0,
    )


def supplementary(year: int = 2026) -> bytes:
    return gzip.compress(
        f'<?xml version="1.0"?>\n<SupplementalRecordSet LanguageCode = "eng">\n<SupplementalRecord SCRClass = "1">\n'
        f"<SupplementalRecordUI>C000625192</SupplementalRecordUI>\n<SupplementalRecordName><String>a drug of {year}"
        "</String></SupplementalRecordName>\n</SupplementalRecord>\n</SupplementalRecordSet>\n".encode(),
        mtime=0,
    )


ACTIONS = b'<?xml version="1.0"?>\n<PharmacologicalActionSet></PharmacologicalActionSet>\n'
RDF = gzip.compress(
    b'<http://id.nlm.nih.gov/mesh/D012516> <http://www.w3.org/2000/01/rdf-schema#label> "x"@en .\n', mtime=0
)
TITLES = gzip.compress(b"2244\tAspirin\n5743\tDexamethasone\n", mtime=0)
PARENTS = gzip.compress(b"2244\t2244\n", mtime=0)
CID_MESH = b"2244\tAspirin\n"
SMILES = gzip.compress(b"2244\tCC(=O)OC1=CC=CC=C1C(=O)O\n", mtime=0)


def sssom(version: str = "2026-08-04", name: str = "mondo_exactmatch_mesh") -> bytes:
    return (
        f"# mapping_set_id: http://purl.obolibrary.org/obo/mondo/mappings/{name}.sssom.tsv\n"
        f"# mapping_set_version: http://purl.obolibrary.org/obo/mondo/releases/{version}/mappings/{name}.sssom.tsv\n"
        "subject_id\tpredicate_id\tobject_id\tmapping_justification\n"
        "MONDO:0009807\tskos:exactMatch\tmesh:D012516\tsemapv:ManualMappingCuration\n"
    ).encode()


BIOMAPPINGS = (
    b"#mapping_set_id: https://w3id.org/biopragmatics/biomappings/sssom/positive.sssom.tsv\n"
    b"subject_id\tpredicate_id\tobject_id\tmapping_justification\n"
    b"MONDO:0009807\tskos:exactMatch\tmesh:D012516\tsemapv:ManualMappingCuration\n"
)


def publish(server: ReleaseServer) -> dict[str, Served]:
    """Put the newest releases onto a server, at the paths at which the owners have them."""
    server.seen.clear()
    server.files.clear()
    server.files |= {
        "/obo/mondo.obo": Served(obo()),
        "/obo/mondo.json": Served(obographs()),
        "/obo/mondo/releases/2026-05-05/mondo.obo": Served(obo()),
        "/obo/mondo/releases/2026-04-07/mondo.obo": Served(obo("2026-04-07", "bone cancer")),
        f"{MESH}/desc2026.gz": Served(descriptors()),
        f"{MESH}/supp2026.gz": Served(supplementary()),
        f"{MESH}/pa2026.xml": Served(ACTIONS),
        f"{ARCHIVE.format(2025)}/desc2025.gz": Served(descriptors(2025)),
        f"{ARCHIVE.format(2025)}/supp2025.gz": Served(supplementary(2025)),
        f"{ARCHIVE.format(2025)}/pa2025.xml": Served(ACTIONS),
        "/projects/mesh/rdf/2026/mesh2026.nt.gz": Served(RDF),
        f"{EXTRAS}/CID-MeSH": Served(CID_MESH),
        f"{EXTRAS}/CID-Title.gz": Served(TITLES),
        f"{EXTRAS}/CID-Title.gz.md5": Served(hashlib.md5(TITLES).hexdigest().encode() + b"  CID-Title.gz\n"),
        f"{EXTRAS}/CID-Parent.gz": Served(PARENTS),
        f"{EXTRAS}/CID-SMILES.gz": Served(SMILES, modified=1_778_500_000),
        "/biopragmatics/biomappings/main/src/biomappings/resources/positive.sssom.tsv": Served(BIOMAPPINGS),
    }
    for name in ("exact", "broad", "narrow"):
        file = f"mondo_{name}match_mesh"
        server.files[f"{MAPPINGS}/{file}.sssom.tsv"] = Served(sssom(name=file))
    return server.files


def folder_of(files: dict[str, Served], folder: Path) -> Path:
    """Write a server's files into one folder, under their names."""
    folder.mkdir()
    for path, served in files.items():
        if "/releases/" not in path:
            (folder / path.rpartition("/")[2]).write_bytes(served.body)
    return folder
