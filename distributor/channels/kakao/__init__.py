"""KakaoTalk: a message card to the connected account itself."""
