"""Who may ask under which name, and the headers that every answer carries."""

from urllib.parse import urlsplit

from flask import Response, abort, request

from web.context import Site, site

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
}
HSTS = "max-age=31536000"


def check_host() -> None:
    """Refuse a request (400) that names another host than ours; forwarded names are not looked at."""
    if host_of(request.environ.get("HTTP_HOST", "")) not in _allowed(site()):
        abort(400)


def host_of(header: str) -> str:
    """Return the host of a Host header, lower-case, without port and brackets; "" if the header is malformed."""
    try:
        parts = urlsplit(f"//{header}")
        is_plain = parts.netloc == header and not (parts.username or parts.password)
        _ = parts.port  # ValueError for a port that is no number
    except ValueError:
        return ""
    return (parts.hostname or "").rstrip(".") if is_plain else ""


def _allowed(here: Site) -> frozenset[str]:
    ours = {urlsplit(address).hostname or "" for address in (here.config.site.base_url, here.address)}
    return LOOPBACK | (ours - {""})


def add_headers(response: Response) -> Response:
    """Return the response with the headers of every answer; a view's own value of one stays."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if site().is_secure:
        response.headers.setdefault("Strict-Transport-Security", HSTS)
    return response
