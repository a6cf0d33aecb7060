"""What can be set for a publication, as one table: names, words for editors, how a text is read, how a value is shown.

The desk's form, `distributor publications edit` and their checks are made of it. Every setting stands in a field of
`Publication`, mostly the one that is named like it. What `text_of` shows, `check` takes back; only a logo goes in as
a picture's bytes and comes back as its address.
"""

from distributor.letters.publication_settings.setting import PublicationSetting, RawValue, Value
from distributor.letters.publication_settings.table import SETTINGS, check_all, conflict

__all__ = ["SETTINGS", "PublicationSetting", "RawValue", "Value", "check_all", "conflict"]
