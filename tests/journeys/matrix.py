"""The table of answers: for each route, what each person is answered.

An answer is a status: 200 a page, 303 on to another page, 422 or 409 a form refused, 403 not
for this role or right, 404 as if there were no such thing.
"""

from typing import Final

from app.domain.accounts import State
from tests.journeys.article6 import ARTICLE6
from tests.journeys.crossing import CROSSING
from tests.journeys.examining import EXAMINING
from tests.journeys.publishing import PUBLISHING
from tests.journeys.reconciling import RECONCILING

#: Rights on Aoba's account, somebody of another holder, and the five roles.
PEOPLE: Final = {
    "read": "aoba-reader",
    "propose": "aoba-drafter",
    "approve": "aoba-approver",
    "both": "aoba-proposer",
    "other": "outsider",
    "operator": "operator",
    "approver": "approver",
    "auditor": "auditor",
    "system": "system-administrator",
    "reviewer": "reviewer",
}

Route = tuple[str, str]

_PAGE: Final = (200,) * len(PEOPLE)
_AWAY: Final = (303,) * len(PEOPLE)
_FORM: Final = (422,) * len(PEOPLE)
#: Trusted accounts are there where the registry's policy asks for them; a return is the receiver's.
_NOTHING: Final = (404,) * len(PEOPLE)
#: The same for all but the reviewer, who comes from outside and is kept there.
_PAGE_INSIDE, _AWAY_INSIDE, _FORM_INSIDE, _NOTHING_INSIDE = (
    (*one[:-1], 403) for one in (_PAGE, _AWAY, _FORM, _NOTHING)
)

#: Answers in the order of PEOPLE, and the routes that give them.
_GROUPS: Final[list[tuple[tuple[int, ...], list[Route]]]] = [
    (
        (403, 403, 403, 403, 403, 200, 200, 200, 403, 403),
        [("GET peer_issuances.search", "/portal/registries/issuances")],
    ),
    (
        _PAGE,
        [
            ("GET home.show", "/portal/"),
            ("GET access_log.search", "/portal/access-log"),
            ("GET access_log.table", "/portal/access-log.csv"),
            ("GET notifications.search", "/portal/notifications"),
            ("GET profile.search", "/portal/profile/"),
            ("GET own_credentials.codes", "/portal/profile/codes"),
            ("GET own_details.deactivation", "/portal/profile/deactivation"),
            ("POST own_details.change", "/portal/profile/details/new"),
            ("GET own_details.new", "/portal/profile/details/new"),
            ("GET own_factors.new", "/portal/profile/factors/new"),
            ("GET own_credentials.password", "/portal/profile/password"),
            ("GET requests.search", "/portal/requests"),
        ],
    ),
    (
        _PAGE_INSIDE,
        [
            ("POST transfers.change", "/portal/transfers/new"),
            ("GET transfers.new", "/portal/transfers/new"),
            ("GET accounts.search", "/portal/accounts"),
            ("GET holdings.show", "/portal/holdings"),
            ("GET logs.search", "/portal/log"),
            ("GET logs.table", "/portal/log.csv"),
            ("GET people.search", "/portal/people"),
            ("GET tasks.search", "/portal/tasks"),
            ("GET transactions.search", "/portal/transactions"),
            ("GET transaction_files.table", "/portal/transactions.csv"),
        ],
    ),
    (
        _FORM_INSIDE,
        [
            ("POST transfers.create", "/portal/transfers"),
            ("POST transfers.check", "/portal/transfers/check"),
            ("POST claims.make_several", "/portal/tasks/claims"),
        ],
    ),
    (
        _FORM,
        [
            ("POST own_credentials.make_codes", "/portal/profile/codes"),
            ("POST own_details.deactivate", "/portal/profile/deactivation"),
            ("POST own_details.create", "/portal/profile/details"),
            ("POST own_details.check", "/portal/profile/details/check"),
            ("POST own_factors.prove", "/portal/profile/factors/proof"),
            ("POST own_credentials.change_password", "/portal/profile/password"),
        ],
    ),
    (
        (403, 403, 403, 403, 403, 422, 403, 403, 403, 403),
        [
            ("POST transfers.create", "/portal/issuances"),
            ("POST transfers.check", "/portal/issuances/check"),
        ],
    ),
    (
        _AWAY_INSIDE,
        [
            ("GET transfers.start", "/portal/transfers"),
            ("GET transfers.start", "/portal/issuances"),
            ("GET transfers.start", "/portal/transfers/check"),
            ("GET transfers.start", "/portal/issuances/check"),
            ("GET trusted.start", "/portal/accounts/{account}/trusted/check"),
            ("GET request_forms.start", "/portal/requests/add-representative?account={account}"),
            (
                "GET request_forms.start",
                "/portal/requests/change-right?account={account}&person={person}",
            ),
            ("GET request_forms.start", "/portal/requests/issue-login-id"),
            ("GET request_forms.start", "/portal/requests/change-role?person={person}"),
            ("GET request_forms.start", "/portal/requests/suspend-person?person={person}"),
            (
                "GET request_forms.start",
                "/portal/requests/add-representative/check?account={account}",
            ),
            (
                "GET request_forms.start",
                "/portal/requests/change-right/check?account={account}&person={person}",
            ),
            ("GET request_forms.start", "/portal/requests/issue-login-id/check"),
            ("GET request_forms.start", "/portal/requests/change-role/check?person={person}"),
            ("GET request_forms.start", "/portal/requests/suspend-person/check?person={person}"),
            ("GET claims.start", "/portal/tasks/{claimed}/claim"),
            ("GET claims.start_several", "/portal/tasks/claims"),
        ],
    ),
    (
        _AWAY,
        [
            ("POST notifications.read_all", "/portal/notifications/reading"),
            ("GET own_details.start", "/portal/profile/details"),
            ("GET own_details.start", "/portal/profile/details/check"),
            ("POST own_factors.add", "/portal/profile/factors/new"),
            ("GET own_factors.start", "/portal/profile/factors/proof"),
            ("POST profile.language", "/portal/profile/language"),
            ("GET own_sessions.start", "/portal/profile/sessions/{session}/end"),
            ("POST own_sessions.end_others", "/portal/profile/sessions/others/end"),
            ("GET own_sessions.start", "/portal/profile/sessions/others/end"),
        ],
    ),
    (
        (403, 403, 403, 403, 403, 200, 403, 403, 403, 403),
        [
            ("POST transfers.change", "/portal/issuances/new"),
            ("GET transfers.new", "/portal/issuances/new"),
        ],
    ),
    (
        _NOTHING_INSIDE,
        [
            ("POST trusted.create", "/portal/accounts/{account}/trusted"),
            ("GET trusted.search", "/portal/accounts/{account}/trusted"),
            (
                "POST trust_decisions.decide",
                "/portal/accounts/{account}/trusted/{trusted}/approval",
            ),
            (
                "POST trust_decisions.decide",
                "/portal/accounts/{account}/trusted/{trusted}/rejection",
            ),
            (
                "POST trust_decisions.decide",
                "/portal/accounts/{account}/trusted/{dropped}/withdrawal",
            ),
            ("POST trust_decisions.decide", "/portal/accounts/{account}/trusted/{trusted}/removal"),
            ("GET trust_decisions.show", "/portal/accounts/{account}/trusted/{trusted}/approval"),
            ("GET trust_decisions.show", "/portal/accounts/{account}/trusted/{trusted}/rejection"),
            ("GET trust_decisions.show", "/portal/accounts/{account}/trusted/{dropped}/withdrawal"),
            ("GET trust_decisions.show", "/portal/accounts/{account}/trusted/{trusted}/removal"),
            ("POST trusted.check", "/portal/accounts/{account}/trusted/check"),
            ("POST trusted.change", "/portal/accounts/{account}/trusted/new"),
            ("GET trusted.new", "/portal/accounts/{account}/trusted/new"),
            ("GET holdings.table", "/portal/holdings.csv"),
            ("GET certificates.of_transaction", "/portal/transactions/{done}/certificate.pdf"),
            ("GET certificates.show", "/portal/certificates/JP-C-000001-19.pdf"),
            (
                "POST request_forms.create",
                "/portal/requests/change-right?account={account}&person={person}",
            ),
            ("POST request_forms.create", "/portal/requests/change-role?person={person}"),
            ("POST request_forms.create", "/portal/requests/suspend-person?person={person}"),
            (
                "POST request_forms.check",
                "/portal/requests/change-right/check?account={account}&person={person}",
            ),
            ("POST request_forms.check", "/portal/requests/change-role/check?person={person}"),
            ("POST request_forms.check", "/portal/requests/suspend-person/check?person={person}"),
            (
                "POST request_forms.change",
                "/portal/requests/change-right/new?account={account}&person={person}",
            ),
            ("POST request_forms.change", "/portal/requests/change-role/new?person={person}"),
            ("POST request_forms.change", "/portal/requests/suspend-person/new?person={person}"),
            ("POST returns.create", "/portal/transactions/{done}/return"),
            ("GET returns.show", "/portal/transactions/{done}/return"),
        ],
    ),
    (
        (200, 200, 200, 200, 404, 200, 200, 200, 404, 403),
        [
            ("GET accounts.show", "/portal/accounts/{account}"),
            ("GET statements.show", "/portal/accounts/{account}/statement"),
            ("GET statements.paper", "/portal/accounts/{account}/statement.pdf"),
            ("GET statements.table", "/portal/accounts/{account}/statement.csv"),
            ("GET certificates.search", "/portal/accounts/{account}/certificates"),
            ("GET holdings.show", "/portal/holdings?account={account}"),
            ("GET claims.show", "/portal/tasks/{claimed}"),
            ("GET transactions.show", "/portal/transactions/{waiting}"),
        ],
    ),
    (
        (404, 404, 200, 200, 404, 404, 404, 404, 404, 404),
        [
            ("GET notifications.show", "/portal/notifications/{notification}"),
        ],
    ),
    (
        (404, 404, 303, 303, 404, 404, 404, 404, 404, 404),
        [
            ("POST notifications.delete", "/portal/notifications/{notification}/deletion"),
            ("POST notifications.restore", "/portal/notifications/{notification}/restoration"),
        ],
    ),
    (
        (200, 200, 200, 200, 404, 200, 200, 200, 200, 403),
        [
            ("GET people.show", "/portal/people/{person}"),
        ],
    ),
    (
        (200, 200, 200, 200, 404, 200, 200, 200, 200, 404),
        [
            ("GET requests.show", "/portal/requests/{request}"),
        ],
    ),
    (
        (404, 404, 404, 200, 404, 404, 404, 404, 404, 404),
        [
            ("GET own_factors.removal", "/portal/profile/factors/{factor}/removal"),
        ],
    ),
    (
        (404, 404, 404, 422, 404, 404, 404, 404, 404, 404),
        [
            ("POST own_factors.remove", "/portal/profile/factors/{factor}/removal"),
        ],
    ),
    (
        (404, 404, 404, 303, 404, 404, 404, 404, 404, 404),
        [
            ("POST own_sessions.end", "/portal/profile/sessions/{session}/end"),
        ],
    ),
    (
        (403, 422, 403, 422, 422, 422, 403, 403, 422, 403),
        [
            ("POST request_forms.create", "/portal/requests/add-representative?account={account}"),
            (
                "POST request_forms.check",
                "/portal/requests/add-representative/check?account={account}",
            ),
        ],
    ),
    (
        (403, 403, 403, 403, 403, 422, 403, 403, 422, 403),
        [
            ("POST request_forms.create", "/portal/requests/issue-login-id"),
            ("POST request_forms.check", "/portal/requests/issue-login-id/check"),
        ],
    ),
    (
        (403, 200, 403, 200, 200, 200, 403, 403, 200, 403),
        [
            (
                "POST request_forms.change",
                "/portal/requests/add-representative/new?account={account}",
            ),
            ("GET request_forms.new", "/portal/requests/add-representative/new?account={account}"),
        ],
    ),
    (
        (403, 403, 403, 403, 403, 200, 403, 403, 200, 403),
        [
            ("POST request_forms.change", "/portal/requests/issue-login-id/new"),
            ("GET request_forms.new", "/portal/requests/issue-login-id/new"),
        ],
    ),
    (
        (403, 200, 403, 200, 404, 200, 403, 403, 200, 403),
        [
            (
                "GET request_forms.new",
                "/portal/requests/change-right/new?account={account}&person={person}",
            ),
        ],
    ),
    (
        (403, 403, 403, 403, 404, 403, 403, 403, 200, 403),
        [
            ("GET request_forms.new", "/portal/requests/change-role/new?person={person}"),
        ],
    ),
    (
        (403, 403, 403, 403, 404, 200, 403, 403, 200, 403),
        [
            ("GET request_forms.new", "/portal/requests/suspend-person/new?person={person}"),
        ],
    ),
    (
        (422, 422, 422, 422, 404, 422, 422, 422, 422, 404),
        [
            ("POST request_decisions.decide", "/portal/requests/{request}/approval"),
            ("POST request_decisions.decide", "/portal/requests/{request}/rejection"),
            ("POST request_decisions.decide", "/portal/requests/{request}/withdrawal"),
        ],
    ),
    (
        (303, 303, 303, 303, 404, 303, 200, 303, 200, 404),
        [
            ("GET request_decisions.show", "/portal/requests/{request}/approval"),
            ("GET request_decisions.show", "/portal/requests/{request}/rejection"),
        ],
    ),
    (
        (303, 303, 303, 200, 404, 303, 303, 303, 303, 404),
        [
            ("GET request_decisions.show", "/portal/requests/{request}/withdrawal"),
        ],
    ),
    (
        (422, 422, 303, 422, 404, 422, 422, 422, 404, 403),
        [("POST claims.make", "/portal/tasks/{claimed}/claim")],
    ),
    (
        (422, 422, 422, 422, 404, 422, 422, 422, 404, 403),
        [
            ("POST certificates.issue", "/portal/transactions/{done}/certificate"),
            ("POST approvals.decide", "/portal/transactions/{waiting}/approval"),
            ("POST approvals.decide", "/portal/transactions/{waiting}/rejection"),
        ],
    ),
    (
        (422, 303, 422, 409, 404, 422, 422, 422, 404, 403),
        [
            ("POST approvals.decide", "/portal/transactions/{withdrawn}/withdrawal"),
        ],
    ),
    (
        (303, 303, 200, 303, 404, 303, 303, 303, 404, 403),
        [
            ("GET approvals.show", "/portal/transactions/{waiting}/approval"),
        ],
    ),
    (
        (303, 200, 200, 200, 404, 303, 303, 303, 404, 403),
        [
            ("GET approvals.show", "/portal/transactions/{waiting}/rejection"),
        ],
    ),
    (
        (303, 200, 303, 200, 404, 303, 303, 303, 404, 403),
        [
            ("GET approvals.show", "/portal/transactions/{waiting}/withdrawal"),
        ],
    ),
]
ANSWERS: Final = {
    route: codes
    for codes, routes in (*_GROUPS, *EXAMINING, *PUBLISHING, *ARTICLE6, *RECONCILING, *CROSSING)
    for route in routes
}

#: An account that was applied for is not there for its future people; administrators see it.
_APPLIED: Final = (404, 404, 404, 404, 404, 200, 200, 200, 404, 403)
#: Routes about the account, and the states in which they answer otherwise than on open ones.
STATEFUL: Final[dict[Route, dict[State, tuple[int, ...]]]] = {
    ("GET accounts.show", "/portal/accounts/{account}"): {State.APPLIED: _APPLIED},
    ("GET holdings.show", "/portal/holdings?account={account}"): {State.APPLIED: _APPLIED},
    ("GET transactions.show", "/portal/transactions/{waiting}"): {},
    ("GET approvals.show", "/portal/transactions/{waiting}/approval"): {},
    ("POST approvals.decide", "/portal/transactions/{waiting}/rejection"): {},
    ("GET transfers.new", "/portal/transfers/new"): {},
    ("POST transfers.create", "/portal/transfers"): {},
    ("GET claims.show", "/portal/tasks/{claimed}"): {},
    ("GET requests.show", "/portal/requests/{request}"): {},
    ("GET request_forms.new", "/portal/requests/add-representative/new?account={account}"): {
        State.APPLIED: (403, 403, 403, 403, 200, 200, 403, 403, 200, 403)
    },
}
