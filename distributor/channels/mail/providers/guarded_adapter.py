"""requests' way to a provider's API, which connects to the address that was checked and to no other."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.exceptions import InvalidURL

from distributor.channels.addresses import checked_addresses, system_addresses
from distributor.domain.errors import AddressRefused


class GuardedAdapter(HTTPAdapter):
    """Resolves the host once for each request. Certificates are checked against its name all the same."""

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return where to connect, as requests asks. Raises InvalidURL: nothing left this machine."""
        host_parameters, pool_parameters = super().build_connection_pool_key_attributes(request, verify, cert)
        host = str(host_parameters["host"])
        try:
            addresses = checked_addresses(host, system_addresses(host, host_parameters["port"] or 443))
        except (AddressRefused, OSError, UnicodeError) as error:  # UnicodeError: a label that IDNA can't encode
            raise InvalidURL(f"{host} can’t be called", request=request) from error
        request.headers["Host"] = urlsplit(request.url or "").netloc.rpartition("@")[2]
        pool_parameters |= {"server_hostname": host, "assert_hostname": host}
        return {**host_parameters, "host": addresses[0]}, pool_parameters
