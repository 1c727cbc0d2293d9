"""One look at one feed: fetch, judge, read. Whatever goes wrong is a result like another."""

import hashlib
from dataclasses import replace

from aggregator.clock import Clock, monotonic_s
from aggregator.documents.quiet import quiet_hash
from aggregator.errors import FeedError, NotAFeedError
from aggregator.fetch import guard
from aggregator.fetch.client import Client
from aggregator.fetch.limits import HostThrottle
from aggregator.log import log
from aggregator.model.answer import Answer
from aggregator.model.feed import Validators
from aggregator.model.poll import Outcome
from aggregator.model.reason import Reason
from aggregator.poll.jobs import Job
from aggregator.poll.parsing import Parsers
from aggregator.rules import answers, cadence
from aggregator.rules.aftermath import Finished
from aggregator.rules.answers import Class, Verdict
from aggregator.rules.unchanged import hashes_of


class Looker:
    """Looks at feeds through one client and one pool of parsers."""

    def __init__(self, client: Client, parsers: Parsers, clock: Clock) -> None:
        self._client, self._parsers, self._clock = client, parsers, clock
        self._throttle = HostThrottle()

    async def look(self, job: Job) -> Finished:
        """Return what one look at a feed came to."""
        feed, began = job.feed, monotonic_s()
        host = guard.origin(feed.url) or ""
        if (until := self._throttle.slow_until(host, self._clock())) is not None:
            return Finished(feed, self._clock(), False, answers.HOST_THROTTLED, held_until=until)
        conditional = answers.ask_conditionally(feed, self._clock())
        answer: Answer | None = None
        try:
            answer = await self._client.get(feed.url, validators=feed.validators if conditional else Validators())
            verdict = answers.judge(answer, conditional=conditional)
            if verdict.cls == Class.OK:
                return await self._read(job, answer, conditional=conditional)
        except FeedError as error:
            verdict = _judged(error, answer)
        except Exception as error:  # noqa: BLE001  the only broad except: one bad feed stops no other
            log.exception("poll_broke", feed=feed.id)
            verdict = Verdict(Class.HARD, Outcome.REJECTED, 1.0, Reason("broken", {"detail": repr(error)[:200]}))
        ms = answer.ms if answer else int((monotonic_s() - began) * 1000)
        return self._slowed(Finished(feed, self._clock(), conditional, verdict, answer, ms=ms), host)

    async def _read(self, job: Job, answer: Answer, *, conditional: bool) -> Finished:
        """Return what a whole body came to: its document, nothing if only its own dates are new."""
        feed, body_hash = job.feed, hashlib.sha256(answer.body).digest()
        done = Finished(feed, self._clock(), conditional, answers.OK, answer, body_hash=body_hash, ms=answer.ms)
        if body_hash == feed.body_hash:
            return done
        done = replace(done, quiet_hash=quiet_hash(answer.body))
        if done.quiet_hash == feed.quiet_hash:
            return done
        held = hashes_of(feed.item_hashes)
        document = await self._parsers.read(
            answer.body, answer.headers, answer.final_url, job.source.zone, done.at, held
        )
        return replace(done, document=document)

    def _slowed(self, done: Finished, host: str) -> Finished:
        """Note a 429: a second one of a host within ten minutes slows the whole host (POLLING.md rule 19).

        A private origin that is allowed plays many hosts, so its feeds are slowed one by one.
        """
        if done.answer is None or done.answer.status != 429 or self._client.allows(done.feed.url):
            return done
        due = cadence.after_throttling(done.headers, done.at)
        return replace(done, held_until=due) if self._throttle.throttled(host, done.at, due) else done


def _judged(error: FeedError, answer: Answer | None) -> Verdict:
    """Return the verdict on an error; a page in place of a feed may be a check for browsers."""
    if answer is not None and isinstance(error, NotAFeedError) and answers.is_challenge(answer.body):
        return Verdict(Class.BLOCKED, Outcome.REJECTED, 1.0, Reason("challenge"))
    return answers.judge_error(error)
