"""What notifications say of applications and of documents asked for: title and detail."""

from typing import Final

from app.domain.text import Text

WORDS: Final = {
    "application_submitted": (
        Text("Notification of receipt of application", "申請書受付のお知らせ"),
        Text(
            "Application {number} was received: {form}. It is examined by {due}.",
            "申請{number}（{form}）を受け付けました。審査期限は{due}です。",
        ),
    ),
    "application_returned": (
        Text("Notification of request for correction", "申請書の補正依頼のお知らせ"),
        Text(
            "Application {number} needs a correction by {due}: {form}.",
            "申請{number}（{form}）に補正が必要です。期限は{due}です。",
        ),
    ),
    "application_examined": (
        Text("Notification of examined application", "申請書の審査完了のお知らせ"),
        Text(
            "Application {number} was examined and waits for approval: {form}.",
            "申請{number}（{form}）の審査が完了し、承認を待っています。",
        ),
    ),
    "application_approved": (
        Text("Notification of approval of application", "申請書の承認のお知らせ"),
        Text(
            "Application {number} was approved: {form}.",
            "申請{number}（{form}）が承認されました。",
        ),
    ),
    "application_ended": (
        Text("Notification of end of application", "申請書の手続終了のお知らせ"),
        Text(
            "Application {number} ended without a change ({ended}): {form}.",
            "申請{number}（{form}）は変更なく終了しました（{ended}）。",
        ),
    ),
    "documents_asked": (
        Text("Notification of request for documents", "書類提出依頼のお知らせ"),
        Text(
            "{documents} document(s) are asked for by {due}: {number}.",
            "{number}：{documents}件の書類の提出をお願いします。期限は{due}です。",
        ),
    ),
    "documents_reminded": (
        Text("Reminder of request for documents", "書類提出のご案内（再送）"),
        Text(
            "{documents} document(s) are still missing; they are due by {due}: {number}.",
            "{number}：{documents}件の書類が未提出です。期限は{due}です。",
        ),
    ),
    "documents_handed_in": (
        Text("Notification of documents handed in", "書類提出のお知らせ"),
        Text(
            "The documents asked for were handed in: {number}.",
            "{number}：依頼した書類が提出されました。",
        ),
    ),
    "application_link": (
        Text("Your application", "申請書の入力再開について"),
        Text(
            "Go on with your application, or see where it stands, with this link. Whoever has it "
            "can read and change the application: keep it to yourself.",
            "次のリンクから申請書の入力再開や状況の確認ができます。リンクを知る者は申請書を閲覧・変更"
            "できますので、第三者に知らせないでください。",
        ),
    ),
}
