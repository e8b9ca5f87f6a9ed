"""The public home: where to go, what is new, the figures, and every partner country."""

import re

from tests.pages import CheckedClient
from tests.portal import Portal, counted


def test_the_home_page_gives_the_key_figures(client: CheckedClient) -> None:
    for language, issued in (("en", "Issued"), ("ja", "発行済み")):
        text = client.get(f"/{language}/").text
        assert re.search(rf"{issued}</dt>\s*<dd>103,828 ", text)
        chart, _, table = text.partition('id="by_kind_table"')
        assert chart.count('<rect class="tone-') > 1
        quantities = re.findall(r'<td class="number">([\d,]+)</td>', table.partition("</table>")[0])
        figures = [int(quantity.replace(",", "")) for quantity in quantities]
        assert len(figures) == 6
        assert sum(figures[:-1]) == figures[-1] == 103_828


def test_the_home_page_leads_where_the_registrys_site_does(client: CheckedClient) -> None:
    for language in ("en", "ja"):
        text = client.get(f"/{language}/").text
        main = text.partition("<main")[2].partition("</main>")[0]
        found = re.findall(r'<h3><a href="([^"]+)"', main)
        there = ("about", "procedures", "contact", "credits", "disclosure")
        assert found == [*(f"/{language}/{page}" for page in there), "/sign-in"]
        for name in ("projects", "credits", "methodologies"):
            assert f'href="/{language}/{name}.csv"' in main
            answer = client.get(f"/{language}/{name}.csv")
            assert (answer.status_code, answer.mimetype) == (200, "text/csv")
        for address in found:
            assert client.get(address).status_code == 200


def test_every_partner_country_leads_to_its_page(client: CheckedClient) -> None:
    listed = client.get("/ja/").text.partition('class="countries"')[2].partition("</ul>")[0]
    found = re.findall(r'href="/ja/partner-countries/([A-Z]{2})">([^<]+)</a>', listed)
    assert len(found) == 31
    assert found[0] == ("MN", "モンゴル")
    assert client.get("/ja/partner-countries/MN").status_code == 200


def test_the_newest_news_stand_on_the_home_page_with_their_days(client: CheckedClient) -> None:
    for language, day, title in (
        ("en", "01/11/2026", "The demonstration of the JCM registry is open (demo)"),
        ("ja", "2026年11月1日", "JCM登録簿のデモンストレーションを公開しました（デモ）"),
    ):
        text = client.get(f"/{language}/").text
        news = text.partition('<ol class="news">')[2].partition("</ol>")[0]
        assert news.count("<li>") == 2
        first = news.partition("</li>")[0]
        assert day in first
        assert title in first
        address = re.search(r'href="([^"]+)"', first)
        assert address is not None
        assert title in client.get(address[1]).text


def test_the_demonstration_says_that_it_is_one(client: CheckedClient) -> None:
    for language, said in (
        ("en", "Not the official registry"),
        ("ja", "公式な登録簿ではありません"),
    ):
        for page in ("", "credits", "projects/MN003", "nothing"):
            assert said in client.get(f"/{language}/{page}").text


def test_the_root_leads_to_the_readers_language(client: CheckedClient) -> None:
    answer = client.get("/", headers={"Accept-Language": "ja,en;q=0.5"})
    assert (answer.status_code, answer.location) == (302, "/ja/")
    assert set(answer.vary) >= {"accept-language", "cookie"} or "Accept-Language" in str(
        answer.vary
    )
    assert client.get("/", headers={"Accept-Language": "fr"}).location == "/en/"


def test_the_home_page_and_the_news_ask_the_database_little(portal: Portal) -> None:
    client = portal.visitor()
    for path in ("", "news", "news?year=2026", "feed.atom"):
        portal.app.extensions.pop("kept", None)
        with counted(portal) as statements:
            assert client.get(f"/en/{path}").status_code == 200
        assert len(statements) <= 12, "\n".join(statements)
