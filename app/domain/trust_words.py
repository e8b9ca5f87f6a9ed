"""What notifications say of trusted accounts and of transfers that wait: title and detail."""

from typing import Final

from app.domain.text import Text

WORDS: Final = {
    "transfer_waits": (
        Text("Notification of approval of credit transfer", "クレジット振替の承認のお知らせ"),
        Text(
            "{number}: a movement of {quantity:,} tCO₂ from {source} to {target} was approved "
            "and moves at {at}. Until then it can be withdrawn.",
            "{number}：{source}から{target}への{quantity:,} tCO₂の移動が承認されました。"
            "{at}に実行されます。それまでは取り下げることができます。",
        ),
    ),
    "account_trust_proposed": (
        Text("Notification of proposal of trusted account", "信頼口座の登録申請のお知らせ"),
        Text(
            "Account {account}: the trusted account {target} was proposed and waits for approval.",
            "口座{account}：信頼口座{target}の登録が申請され、承認を待っています。",
        ),
    ),
    "account_trust_approved": (
        Text("Notification of new trusted account", "信頼口座登録のお知らせ"),
        Text(
            "Account {account}: the trusted account {target} was approved. It counts from {at}.",
            "口座{account}：信頼口座{target}の登録が承認されました。{at}から有効です。",
        ),
    ),
    "account_trust_ended": (
        Text("Notification of end of proposal", "信頼口座の登録申請終了のお知らせ"),
        Text(
            "Account {account}: the proposal to trust {target} was {ended}. Nothing has changed.",
            "口座{account}：信頼口座{target}の登録申請は{ended}となりました。変更はありません。",
        ),
    ),
    "account_trust_removed": (
        Text("Notification of removed trusted account", "信頼口座削除のお知らせ"),
        Text(
            "Account {account}: {target} is not a trusted account any more, from now on.",
            "口座{account}：{target}は信頼口座から削除されました。直ちに有効です。",
        ),
    ),
}
