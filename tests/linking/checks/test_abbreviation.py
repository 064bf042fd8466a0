"""What the document says that an abbreviation stands for."""

from __future__ import annotations

from tests.linking.checks.checks_index import mention, told

TEXT = "A man had systemic sclerosis (SSc). SSc was treated."


def test_the_long_form_contradicts() -> None:
    (link,), findings = told(mention("SSc", "MONDO:0000032"), text=TEXT)
    assert (findings["abbreviation-mismatch"].suggested, findings["abbreviation-mismatch"].severity) == (
        "MONDO:0000031", "warning",
    )  # fmt: skip
    assert link.term == "MONDO:0000032"


def test_the_long_form_confirms() -> None:
    (link,), findings = told(mention("SSc", "MONDO:0000031"), text=TEXT)
    assert (link.verdict, findings) == ("confirmed", {})


def test_without_a_definition_nothing_is_known() -> None:
    _, findings = told(mention("SSc", "MONDO:0000032"), text="SSc was treated.")
    assert "abbreviation-mismatch" not in findings


def test_two_definitions_are_none() -> None:
    _, findings = told(mention("SSc", "MONDO:0000032"), text=f"{TEXT} A second sclerosis of the chest (SSc).")
    assert "abbreviation-mismatch" not in findings


def test_a_name_of_another_document_does_not_matter() -> None:
    # "SCLC" is a name of small cell lung carcinoma; here it stands for something else.
    text = "The systemic cutaneous lung cancer (SCLC) was seen."
    _, findings = told(mention("SCLC", "MONDO:0000011"), text=text.replace("systemic cutaneous ", "slow cell "))
    assert "too-general" not in findings or findings["too-general"].suggested == "MONDO:0000012"
