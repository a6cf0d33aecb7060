"""Mail in share bars: a reader sends the letter to somebody. Source: RFC 6068 §5 (line breaks as %0D%0A)."""

from __future__ import annotations

from distributor.channels.share_records import ShareButton, ShareRecord, ShareSigns

SHARE_RECORD = ShareRecord(
    label={"en": "Mail", "ko": "메일"},
    usual=True,
    signs=ShareSigns(
        words=(
            *("mail", "email", "emails", "메일", "이메일", "전자우편", "envelope", "mailto"),
            *("メール", "eメール", "邮件", "電郵", "電子郵件", "郵件", "电子邮件", "courriel", "correo", "surel"),
        ),
        apart=(("e mail", "email"), ("e-mail", "email")),
        open_schemes=("mailto",),
        verb=True,
    ),
    button=ShareButton(
        icon='<path fill="none" stroke="currentColor" stroke-width="2" stroke-linejoin="round" d="M3.5 '
        '6h17v12.5h-17zM4 6.5l8 6.3 8-6.3"/>',
        name={"en": "Mail share button", "ko": "메일 공유 버튼"},
        hint={"en": "Send by mail", "ko": "메일로 보내기"},
        address="mailto:?subject={title}&body={title}%0D%0A%0D%0A{url}",
    ),
)
