"""KakaoTalk channel: messages to a circle of a channel's followers, through a dealer's gateway."""
