"""What Kakao takes as a message: the template objects `text` and `feed`.

Source: https://developers.kakao.com/docs/latest/en/message-template/default
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TEXT_LIMIT = 200
BUTTONS_LIMIT = 2
_LINKS = ("web_url", "mobile_web_url", "android_execution_params", "ios_execution_params")


def problem(template: object) -> str:
    """Say what is wrong with a template object; "" when nothing is."""
    if not isinstance(template, dict):
        return "template_object must be a JSON object."
    kind = template.get("object_type")
    if kind == "text":
        return _text_problem(template) or _buttons_problem(template)
    if kind == "feed":
        return _feed_problem(template.get("content")) or _buttons_problem(template)
    return f"object_type [{kind}] is not supported."


def words(template: Mapping[str, Any]) -> str:
    """Return what a valid template says."""
    return str(template["text"] if template["object_type"] == "text" else template["content"].get("title", ""))


def first_link(template: Mapping[str, Any]) -> str:
    link = template.get("link") or template.get("content", {}).get("link") or {}
    return str(link.get("web_url") or link.get("mobile_web_url") or "")


def _text_problem(template: Mapping[str, Any]) -> str:
    text = template.get("text")
    if not isinstance(text, str) or not text:
        return "text can't be blank."
    if len(text) > TEXT_LIMIT:
        return f"text can't be longer than {TEXT_LIMIT} characters."
    return "" if _is_link(template.get("link")) else "link can't be null."


def _feed_problem(content: object) -> str:
    if not isinstance(content, dict):
        return "content can't be null."
    for name in ("title", "description", "image_url"):
        value = content.get(name, "")
        if not isinstance(value, str):
            return f"content.{name} must be a string."
        if name != "image_url" and len(value) > TEXT_LIMIT:
            return f"content.{name} can't be longer than {TEXT_LIMIT} characters."
    if not content.get("title") and not content.get("image_url"):
        return "content.title can't be blank."
    return "" if _is_link(content.get("link")) else "content.link can't be null."


def _buttons_problem(template: Mapping[str, Any]) -> str:
    buttons = template.get("buttons", [])
    if not isinstance(buttons, list) or len(buttons) > BUTTONS_LIMIT:
        return f"buttons can't be more than {BUTTONS_LIMIT}."
    for button in buttons:
        if not isinstance(button, dict) or not button.get("title") or not _is_link(button.get("link")):
            return "buttons need a title and a link."
    return ""


def _is_link(link: object) -> bool:
    return isinstance(link, dict) and any(isinstance(link.get(name), str) and link[name] for name in _LINKS)
