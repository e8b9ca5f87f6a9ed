"""Every refusal about corresponding adjustments is told in both languages, with its facts."""

from flask import Flask

from app.domain import article6_errors as errors
from app.domain.adjustments import Method
from app.web.adjustment_messages import ADJUSTMENTS
from app.web.messages import sentence, status


def test_sentences_tell_the_facts(site: Flask) -> None:
    told = {
        errors.NotAnAmount("12,40"): ("12,40",),
        errors.YearTwice(2024): ("2024",),
        errors.YearOutsidePeriod(2019, 2021, 2030): ("2019", "2021", "2030"),
        errors.PeriodTooLong(20): ("20",),
        errors.PeriodsOverlap(2021, 2030): ("2021", "2030"),
        errors.MethodFixed(Method.AVERAGING): (),
        errors.FiguresChanged(): (),
        errors.EmissionsMissing(2024): ("2024",),
        errors.OthersBeyondTransferred(2024): ("2024",),
        errors.DefinitionsDiffer("CA0004", "Issuance", "Authorization"): ("CA0004", "Issuance"),
        errors.PopulationsDiffer("0", "196,652"): ("0", "196,652"),
    }
    assert {type(refusal) for refusal in told} == set(ADJUSTMENTS)
    for address in ("/en/", "/ja/"):
        with site.test_request_context(address):
            for refusal, facts in told.items():
                assert all(fact in sentence(refusal) for fact in facts), refusal
    assert status(errors.FiguresChanged()) == 409
