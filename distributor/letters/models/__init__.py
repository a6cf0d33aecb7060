"""Publications and letters, what letters said before, and what readers see of them."""

from distributor.letters.models.autosaves import Autosave
from distributor.letters.models.letters import Author, Byline, Letter, Logo, Publication, Series
from distributor.letters.models.media import Media
from distributor.letters.models.pages import Page, Ping, ShortLink, TakenDown
from distributor.letters.models.sources import LetterKey, SourceFeed
from distributor.letters.models.templates import TemplateVersion
from distributor.letters.models.versions import Version

__all__ = [
    "Author",
    "Autosave",
    "Byline",
    "Letter",
    "LetterKey",
    "Logo",
    "Media",
    "Page",
    "Ping",
    "Publication",
    "Series",
    "ShortLink",
    "SourceFeed",
    "TakenDown",
    "TemplateVersion",
    "Version",
]
