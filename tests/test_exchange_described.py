"""What is written of the exchange for those who implement the other side is what the code does.

`python -m tests.test_exchange_described` writes the example and the codes anew.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from app.config import ROOT
from app.domain import chain, envelopes
from app.domain.exchange import ANSWER_LIMIT, BYTES_MAX, CODE_NAMES, SKEW_MAX, Code, Message
from app.domain.ledger import BLOCKS_MAX
from app.registry import couriers, seals
from app.registry.letters import Letter
from app.web.exchange import LIMIT
from tests.exchanging import SEEDS, Direct, Walker, two

PAGE = ROOT / "docs" / "exchange.md"
_OURS_FROM = 9_000
#: Codes of the range of the receiving registry's answers: one of them is found, the rest is read.
_FOUND = Code.ACCOUNT_UNKNOWN


@dataclass
class Noted(Direct):
    """A line that keeps what went over it."""

    kept: list[tuple[Letter, bytes, bytes]] = field(default_factory=list)

    def post(self, letter: Letter) -> tuple[bytes, bytes]:
        body, signature = super().post(letter)
        self.kept.append((letter, body, signature))
        return body, signature


def example() -> str:
    """Return the messages of one transfer as they travel, in Markdown."""
    with two("sqlite", "sqlite") as both:
        japan = both.japan
        japan.issue(1_000)
        japan.send(both.mongolia.cast.kaede, 30)
        line = Noted(both.mongolia)
        Walker(japan.database, japan.desk, japan.now, line).round()
    parts = [
        f"Public key of {code}: `{seals.Seal(seed).public.hex()}`, named `{seals.Seal(seed).name}`."
        for code, seed in SEEDS.items()
    ]
    for letter, body, signature in line.kept:
        kind = envelopes.decode(letter.body).kind
        parts += _printed(f"JP sends the {kind}", letter.body, letter.signature)
        parts += _printed(f"MN answers the {kind}", body, signature)
    return "\n\n".join(parts)


def _printed(what: str, body: bytes, signature: bytes) -> Iterator[str]:
    yield f"**{what}.**"
    yield f"```json\n{body.decode()}\n```"
    yield f"```\n{couriers.SIGNATURE}: {signature.hex()}\n```"


def codes() -> str:
    """Return the table of codes in Markdown."""
    rows = ["| code | meaning | whose |", "|---|---|---|"]
    return "\n".join(rows + [f"| {one} | {CODE_NAMES[one].en} | {_whose(one)} |" for one in Code])


def _whose(code: Code) -> str:
    if int(code) > _OURS_FROM:
        return "ours"
    if _FOUND < code < "6000":
        return "DES range, our reading"
    return "DES"


def part(name: str) -> str:
    """Return what stands on the page between the marks of a name."""
    found = re.search(rf"<!-- {name} -->\n(.*?)\n<!-- end -->", PAGE.read_text(), re.S)
    assert found is not None, name
    return found[1]


def test_the_example_is_what_two_registries_say_to_each_other() -> None:
    assert part("example") == example()


def test_every_code_stands_in_the_table_with_its_meaning() -> None:
    assert part("codes") == codes()


def test_the_limits_and_kinds_are_those_of_the_code() -> None:
    said = PAGE.read_text()
    for one in (
        f"{SKEW_MAX.seconds // 60} minutes",
        f"{ANSWER_LIMIT.total_seconds() / 3_600:.0f} hours",
        f"{BYTES_MAX:,} bytes",
        f"{BLOCKS_MAX:,} blocks",
        f"{LIMIT.amount} of them within a {LIMIT.GRANULARITY.name}",
        couriers.PATH,
        couriers.SIGNATURE,
        *(f"`{kind}`" for kind in Message),
    ):
        assert one in said, one


def test_the_bytes_of_the_example_can_be_checked_by_anyone() -> None:
    """As another implementation would: from what stands on the page alone."""
    shown = part("example")
    keys = {
        name: bytes.fromhex(key)
        for key, name in re.findall("`(\\w{64})`, named `(\\w{16})`", shown)
    }
    bodies = [body.encode() for body in re.findall(r"```json\n(.*?)\n```", shown)]
    signatures = re.findall(rf"{couriers.SIGNATURE}: (\w{{128}})", shown)
    assert len(bodies) == len(signatures) == 4
    for body, signature in zip(bodies, signatures, strict=True):
        read = envelopes.json.loads(body)
        assert chain.canonical(read) == body
        assert seals.fits(keys[read["key"]], bytes.fromhex(signature), body)


def main() -> None:
    """Write both parts of the page anew."""
    said = PAGE.read_text()
    for name, new in (("example", example()), ("codes", codes())):
        pattern = rf"(<!-- {name} -->\n).*?(\n<!-- end -->)"
        said = re.sub(pattern, lambda found, new=new: found[1] + new + found[2], said, flags=re.S)
    PAGE.write_text(said)


if __name__ == "__main__":
    main()
