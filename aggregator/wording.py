"""Sentences for people: every reason by kind and parts, in the reader's language, through gettext.

Messages are written in English; the catalogues are read as .po files, so nothing is compiled or installed for them.
"""

import gettext
import io
from collections.abc import Callable
from functools import lru_cache
from importlib import resources

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from aggregator.model.reason import Reason

LANGUAGES = ("id", "en")


@lru_cache
def translations(language: str) -> gettext.NullTranslations:
    """Return the catalogue of a language; an unknown one, and English, give the messages as written."""
    folder = resources.files("aggregator") / "translations" / language / "LC_MESSAGES" / "kabar.po"
    if language not in LANGUAGES or not folder.is_file():
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(folder.read_bytes())))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def N_(message: str) -> str:  # noqa: N802  gettext's usual name for "translate this later"
    """Return the message unchanged; it is marked so that extraction finds it."""
    return message


# One sentence a kind; the parts fill the braces.
SENTENCES = {
    # config.toml
    "config_unreadable": N_("{path} can't be read: {detail}"),
    "config_syntax": N_("{path} is not valid TOML: {detail}"),
    "config_unknown_key": N_("{where}: unknown key {key}"),
    "config_unknown_key_nearest": N_("{where}: unknown key {key}; did you mean {nearest}?"),
    "config_bad_value": N_("{where}: {key}: {detail}"),
    "config_unknown_region": N_("{where}: there is no region {region}"),
    "config_unknown_region_nearest": N_("{where}: there is no region {region}; did you mean {nearest}?"),
    "config_same_slug": N_("{where}: the slug {slug} stands twice; give one of the two sources another slug"),
    "config_same_feed": N_("{where}: the feed {url} stands twice"),
    "config_slug_taken": N_("{where}: the slug {slug} belongs to a source of the database; give this one another slug"),
    "config_feed_taken": N_("{where}: the feed {url} already belongs to the source {slug}"),
    # database and places
    "database_bad_url": N_("KABAR_DATABASE_URL is not an address of SQLite (sqlite:///PATH) or PostgreSQL (postgresql://…)"),
    "database_locked": N_("the database {path} is locked by another process; stop it or try again"),
    "database_unusable": N_("the database {path} can't be used: {detail}; see that folder and file can be written"),
    "database_unreachable": N_("the database server {host} does not answer: {detail}"),
    "database_newer": N_(
        "the database is of a newer version of kabar (revision {found}); run that version, or restore the copy "
        "made before the upgrade: {copy}"
    ),
    "database_old": N_("the database is of revision {found}, this version needs {wanted}; run: kabar db upgrade"),
    "database_foreign": N_("the database holds tables of another program; give kabar one of its own"),
    "database_damaged": N_("the database is damaged: {detail}; restore a copy"),
    "data_unwritable": N_("the data folder {path} can't be written: {detail}; name another with --data or KABAR_DATA"),
    "port_taken": N_("{host}:{port} is in use by another program; choose another port with --port"),
    "address_unusable": N_("can't listen on {host}:{port}: {detail}"),
    # what people ask for
    "bad_address": N_("{url} is no address of a feed: it starts with http:// or https:// and names a host"),
    "feed_known": N_("{url} is already a feed of the source {slug}"),
    "no_such_source": N_("there is no source {slug}"),
    "no_such_source_nearest": N_("there is no source {slug}; did you mean {nearest}?"),
    "no_such_feed": N_("there is no feed {feed}"),
    "no_such_item": N_("there is no item {item}"),
    "no_such_region": N_("there is no region {region}"),
    "no_such_region_nearest": N_("there is no region {region}; did you mean {nearest}?"),
    "slug_taken": N_("the slug {slug} is taken; choose another with --slug"),
    "bad_slug": N_("{slug} is no slug: use a-z, 0-9 and single hyphens, 60 at most"),
    "source_of_file": N_("the source {slug} is administered in {path}; change it there, then run: kabar config apply"),
    "source_withdrawn": N_("the source {slug} was withdrawn at its publisher's wish; it is not polled again"),
    "not_quarantined": N_("the source {slug} is not in quarantine"),
    "opml_unreadable": N_("{path} is no OPML: {detail}"),
    "opml_too_large": N_("{path} is larger than {limit} bytes"),
    "opml_too_many": N_("{path} names more than {limit} feeds"),
    "file_unreadable": N_("{path} can't be read: {detail}"),
    "nothing_to_import": N_("{path} names no feed"),
    # why a poll came out as it did
    "address_not_allowed": N_("the address {address} is not allowed: {rule}"),
    "scheme_not_allowed": N_("the scheme {scheme} is not allowed: feeds come over http or https"),
    "bad_url": N_("the address can't be used"),
    "dns_not_found": N_("there is no host {host}"),
    "dns_failed": N_("the name server gave no answer for {host}"),
    "connect_timeout": N_("no connection within {after_s} s"),
    "first_byte_timeout": N_("no answer within {after_s} s"),
    "total_timeout": N_("the answer was not complete within {after_s} s"),
    "refused": N_("the server refused the connection"),
    "unreachable": N_("the server can't be reached"),
    "reset": N_("the server broke the connection"),
    "tls": N_("the server's certificate can't be trusted: {detail}"),
    "bad_http": N_("the answer is not valid HTTP: {detail}"),
    "cut": N_("the answer was cut short"),
    "too_large": N_("the answer is larger than {limit} bytes"),
    "too_many_headers": N_("the answer has more than {limit} headers"),
    "bad_encoding": N_("the answer can't be unpacked: {encoding}"),
    "redirect_loop": N_("the address redirects in a circle"),
    "too_many_redirects": N_("the address redirects more than {limit} times"),
    "redirect_without_target": N_("the address redirects to nowhere"),
    "empty": N_("the answer is empty"),
    "binary": N_("the answer is no text"),
    "is_page": N_("this is a page, not a feed"),
    "is_page_with_feed": N_("this is a page; its feed is {feed}"),
    "not_a_feed": N_("the answer is no feed"),
    "unreadable": N_("the feed can't be read: {detail}"),
    "declares_entities": N_("the document declares entities; such documents are refused"),
    "too_deep": N_("the document is nested more than {limit} levels deep"),
    "too_many_attributes": N_("an element of the document has more than {limit} attributes"),
    "too_many_elements": N_("an element of the document holds more than {limit} others"),
    "parser_killed": N_("reading the document took too long or too much memory; it was stopped"),
    "status_gone": N_("410: the publisher removed this feed for good"),
    "status_not_found": N_("404: there is nothing at this address"),
    "status_blocked": N_("{status}: the publisher's server refuses us"),
    "status_throttled": N_("{status}: the server asks us to slow down"),
    "status_server_error": N_("{status}: the server has a fault"),
    "status_error": N_("the server answered {status}"),
    "not_modified_unasked": N_("the server answered 304 to a request without validators"),
    "challenge": N_("the server answered with a check for browsers"),
    "host_throttled": N_("the host said twice that it is asked too often; all its feeds wait"),
    "own_outage": N_("no host answers: the fault is on our side, and the feed comes again by itself"),
    "retry_after_holds": N_("the server asked us to wait until {until}"),
    "lease_lost": N_("another process has polled this feed meanwhile"),
    "not_saved": N_("the poll could not be saved; the feed comes again by itself"),
    "broken": N_("reading the feed failed in a way that is our own fault: {detail}"),
    # what an admin should know before subscribing
    "ill_formed": N_("the document is not well-formed; it was read as far as it goes"),
    "warns_empty": N_("the feed has no items"),
    "warns_no_dates": N_("the items have no dates; they are ordered by when they are seen"),
    "warns_unread_dates": N_("the dates can't be read"),
    "warns_guessed_zone": N_("the dates name no zone; they are read in the source's"),
    "warns_zone_shift": N_("the newest dates lie hours ahead: local time is printed as UTC"),
    "warns_no_ids": N_("the items have no ids; they are told apart by their links"),
    "warns_titles_only": N_("the items have titles only"),
    "warns_no_links": N_("the items have no links"),
    "warns_plain_http": N_("the feed comes over plain http"),
    "warns_dropped": N_("{n} entries are left out: too many, or nothing in them"),
    # what the doctor finds
    "doctor_no_base_url": N_("site.base_url is not set: links use the address listened on"),
    "doctor_no_contact": N_("site.contact is not set: publishers and readers can't write to you"),
    "doctor_never_ticked": N_("no scheduler ran yet: start kabar run, or call kabar poll regularly"),
    "doctor_tick_late": N_("the scheduler gave no sign for {minutes} minutes: is kabar run still running?"),
    "doctor_failing": N_("feeds that fail and are asked again more rarely: {n}"),
    "doctor_blocked": N_("feeds whose servers refuse us: {n}; see kabar sources list, and write to their publishers"),
    "doctor_gone": N_("feeds that answer 410, gone for good: {n}; remove them, or give their new address"),
    "doctor_dead": N_("feeds that were not found for 30 days: {n}; remove them, or give their new address"),
    "doctor_quarantined": N_(
        "the source {slug} is in quarantine: look at kabar sources show {slug}, then release or withdraw it"
    ),
    # why a source is in quarantine
    "flood": N_("it brings {per_day} items a day; {limit} are the most that is believed of it"),
    "language_shift": N_("{n} of its last {of} items are in another language than before ({language})"),
    "domain_shift": N_("{n} of its last {of} items lead to other sites than before ({domain})"),
    "gambling": N_("{n} of its last {of} items promote gambling"),
    # why the next poll comes when it comes
    "next_first": N_("first poll"),
    "next_interval": N_("the usual interval of {interval_s} s"),
    "next_adaptive": N_("every {interval_s} s, after how often it has news"),
    "next_ttl": N_("the feed says ttl {ttl_s} s"),
    "next_max_age": N_("the server says max-age {max_age_s} s"),
    "next_expires": N_("the server says Expires in {expires_s} s"),
    "next_sy": N_("the feed says it is updated every {sy_s} s"),
    "next_floor": N_("not more often than every {floor_s} s"),
    "next_ceiling": N_("at least every {ceiling_s} s"),
    "next_skip": N_("the feed asks to skip these hours or days"),
    "next_retry_after": N_("the server asked to wait {wait_s} s"),
    "next_backoff": N_("waiting {wait_s} s after {failures} failures"),
    "next_throttled": N_("waiting {wait_s} s after being asked to slow down"),
    "next_host_throttled": N_("the whole host is left alone for a while"),
    "next_blocked": N_("waiting {wait_s} s since the server refuses us"),
    "next_gone": N_("gone; asked again once in {wait_s} s"),
    "next_dead": N_("not found for 30 days; asked again once in {wait_s} s"),
    "next_quiet": N_("quiet for {days} days"),
    "next_resumed": N_("resumed"),
    "next_paused": N_("paused"),
    "next_retired": N_("no longer named by its source"),
}  # fmt: skip


def sentence(reason: Reason, language: str = "en") -> str:
    """Return a reason as one sentence; a kind without a sentence is shown as it is, with its parts."""
    kind = reason.kind
    for variant in ("nearest", "with_feed"):
        part = variant.removeprefix("with_")
        if reason.parts.get(part) and f"{kind}_{variant}" in SENTENCES:
            kind = f"{kind}_{variant}"
    message = SENTENCES.get(kind)
    if message is None:
        return f"{reason.kind} {dict(reason.parts) or ''}".strip()
    return translations(language).gettext(message).format_map(_Parts(reason.parts))


class _Parts(dict[str, object]):
    """Parts of a reason; one that is missing stays visible as a question mark instead of an error."""

    def __missing__(self, name: str) -> str:
        return "?"


def gettext_of(language: str) -> Callable[[str], str]:
    """Return the function that translates a message into a language."""
    return translations(language).gettext
