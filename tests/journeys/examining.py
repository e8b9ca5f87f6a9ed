"""The table of answers, continued: applications, examinations, documents, account states.

In the order of the persons of `tests.journeys.matrix`.
"""

from typing import Final

Route = tuple[str, str]

EXAMINING: Final[list[tuple[tuple[int, ...], list[Route]]]] = [
    (
        (200, 200, 200, 200, 200, 200, 200, 200, 303, 403),
        [
            ("GET applications.search", "/portal/applications"),
        ],
    ),
    (
        (200, 200, 200, 200, 200, 200, 403, 403, 403, 403),
        [
            ("GET applications.new", "/portal/applications/new"),
            ("GET applications.new", "/portal/applications/new?form=2"),
        ],
    ),
    (
        (422, 422, 422, 422, 422, 422, 403, 403, 403, 403),
        [
            ("POST applications.create", "/portal/applications"),
        ],
    ),
    (
        (403, 403, 403, 403, 403, 200, 200, 403, 403, 403),
        [
            ("GET account_states.new", "/portal/accounts/{account}/state"),
            ("GET account_states.new", "/portal/accounts/{account}/state?to=barred"),
        ],
    ),
    (
        (403, 403, 403, 403, 403, 422, 422, 403, 403, 403),
        [
            ("POST account_states.create", "/portal/accounts/{account}/state"),
        ],
    ),
    (
        (403, 403, 403, 403, 403, 200, 200, 200, 403, 403),
        [
            ("GET examinations.show", "/portal/applications/{application}/examination"),
        ],
    ),
    (
        # Nobody has claimed it.
        (403, 403, 403, 403, 403, 303, 303, 303, 403, 403),
        [
            ("GET examinations.start", "/portal/applications/{application}/examination/marks"),
            (
                "GET examinations.correction",
                "/portal/applications/{application}/examination/correction",
            ),
            (
                "GET examination_decisions.show",
                "/portal/applications/{application}/examination/recommendation",
            ),
            (
                "GET examination_decisions.show",
                "/portal/applications/{application}/examination/return",
            ),
            (
                "GET examination_decisions.show",
                "/portal/applications/{application}/examination/approval",
            ),
            (
                "GET examination_decisions.show",
                "/portal/applications/{application}/examination/rejection",
            ),
        ],
    ),
    (
        (403, 403, 403, 403, 403, 422, 422, 422, 403, 403),
        [
            ("POST examinations.mark", "/portal/applications/{application}/examination/marks"),
            (
                "POST examinations.ask_correction",
                "/portal/applications/{application}/examination/correction",
            ),
            (
                "POST examination_decisions.decide",
                "/portal/applications/{application}/examination/recommendation",
            ),
            (
                "POST examination_decisions.decide",
                "/portal/applications/{application}/examination/rejection",
            ),
        ],
    ),
    (
        # It is not examined yet.
        (403, 403, 403, 403, 403, 422, 409, 422, 403, 403),
        [
            (
                "POST examination_decisions.decide",
                "/portal/applications/{application}/examination/return",
            ),
            (
                "POST examination_decisions.decide",
                "/portal/applications/{application}/examination/approval",
            ),
        ],
    ),
    (
        (*(200,) * 9, 403),
        [
            ("GET document_requests.search", "/portal/document-requests"),
        ],
    ),
    (
        (403, 403, 403, 403, 403, 200, 403, 403, 403, 403),
        [
            ("GET document_requests.new", "/portal/document-requests/new?account={account}"),
        ],
    ),
    (
        # Without an application or an account there is nothing to ask documents for.
        (403, 403, 403, 403, 403, 404, 403, 403, 403, 403),
        [
            ("GET document_requests.new", "/portal/document-requests/new"),
            ("POST document_requests.create", "/portal/document-requests"),
        ],
    ),
    (
        (200, 200, 200, 200, 404, 200, 200, 200, 404, 404),
        [
            ("GET document_requests.show", "/portal/document-requests/{documents}"),
        ],
    ),
    (
        (*(303,) * 9, 303),
        [
            ("GET document_requests.start", "/portal/document-requests/{documents}/reminder"),
            ("GET document_requests.start", "/portal/document-requests/{documents}/end"),
            ("GET document_answers.start", "/portal/document-requests/{documents}/answer"),
            ("GET document_answers.start", "/portal/document-requests/{documents}/documents/0"),
            (
                "GET document_answers.start",
                "/portal/document-requests/{documents}/files/1/removal",
            ),
        ],
    ),
    (
        (403, 403, 403, 403, 403, 303, 422, 422, 403, 403),
        [
            ("POST document_requests.remind", "/portal/document-requests/{documents}/reminder"),
            ("POST document_requests.end", "/portal/document-requests/{dispensed}/end"),
        ],
    ),
    (
        (422, 422, 422, 422, 404, 422, 422, 422, 404, 404),
        [
            ("POST document_answers.attach", "/portal/document-requests/{documents}/documents/0"),
            ("POST document_answers.hand_in", "/portal/document-requests/{documents}/answer"),
        ],
    ),
    (
        (*(404,) * 9, 404),
        [
            ("GET document_answers.show", "/portal/document-requests/{documents}/files/1"),
            (
                "POST document_answers.remove",
                "/portal/document-requests/{documents}/files/1/removal",
            ),
        ],
    ),
]
