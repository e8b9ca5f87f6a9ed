"""What pages show of a Party: its own method, all three beside it, and their pictures."""

from dataclasses import replace

from flask import Flask

from app.domain.adjustments import Account, Method, Verdict
from app.web import adjustment_results as results
from tests.documents.test_adjustment_charts import HOST


def shown(account: Account) -> results.Shown | None:
    return results.shown(account, word="own_", name="A<b>", unit="t CO₂ eq")


def test_the_three_methods_stand_beside_the_partys_own(site: Flask) -> None:
    with site.test_request_context("/ja/"):
        found = shown(HOST)
        assert found is not None
        verdicts = {one.method: one.result.verdict for one in found.compared}
        assert verdicts == {
            Method.TRAJECTORY: Verdict.MET,
            Method.AVERAGING: Verdict.NOT_MET,
            Method.MULTI_YEAR: Verdict.MISSING,
        }
        assert len(found.small) == 3
        assert found.picture.title == "A<b>：排出量と相当調整（2021～2030年）"
        # What is typed is escaped in the picture.
        assert "A&lt;b&gt;" in found.picture.drawn
        assert "<b>" not in found.picture.drawn
        assert set(results.TONES) == set(Verdict)


def test_nothing_is_shown_while_nothing_is_known(site: Flask) -> None:
    with site.test_request_context("/en/"):
        assert shown(replace(HOST, years=[])) is None
        averaged = shown(replace(HOST, method=Method.AVERAGING))
        assert averaged is not None
        assert averaged.is_averaged
