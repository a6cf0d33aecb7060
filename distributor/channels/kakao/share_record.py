"""KakaoTalk in share bars.

A share from a web page needs a JavaScript key and Kakao's own script
(https://developers.kakao.com/docs/en/kakaotalk-share/js-link): see `share_script`. A phone's share menu needs neither.
"""

from __future__ import annotations

from distributor.channels.kakao.share_script import share_script
from distributor.channels.share_records import ShareAddress, ShareButton, ShareRecord, ShareSigns

SHARE_RECORD = ShareRecord(
    label={"en": "KakaoTalk", "ko": "카카오톡"},
    usual=True,
    signs=ShareSigns(
        words=(
            *("kakao", "kakaotalk", "katalk", "kakaostory", "kakaolink"),
            *("카카오", "카카오톡", "카톡", "카카오스토리", "카스"),
        ),
        apart=(
            ("kakao talk", "kakaotalk"),
            ("kakao story", "kakaostory"),
            ("카카오 톡", "카카오톡"),
            ("카카오 스토리", "카카오스토리"),
        ),
        class_words=("ka", "kt", "ks"),
        addresses=(ShareAddress("story.kakao.com", r"/(?:s/)?share"), ShareAddress("sharer.kakao.com")),
        schemes=("kakaolink", "kakaotalk", "storylink"),
        sites=("kakao",),
    ),
    button=ShareButton(
        icon='<path fill="currentColor" d="M12 4.2c-4.9 0-8.8 3-8.8 6.8 0 2.5 1.7 4.6 4.2 5.8l-.8 3.2 '
        '3.7-2.3c.6.1 1.1.1 1.7.1 4.9 0 8.8-3 8.8-6.8s-3.9-6.8-8.8-6.8z"/>',
        name={"en": "Kakao share button", "ko": "카카오톡 공유 버튼"},
        hint={
            "en": "Share in KakaoTalk: opens your share menu, or copies the link to paste into a chat",
            "ko": "카카오톡에 공유하기: 공유 메뉴를 열거나, 채팅방에 붙여넣을 링크를 복사합니다",
        },
        action="menu",
        copied={
            "en": "Copied: paste the link into a KakaoTalk chat.",
            "ko": "복사했습니다. 카카오톡 채팅방에 붙여넣으세요.",
        },
        script=share_script,
    ),
)
