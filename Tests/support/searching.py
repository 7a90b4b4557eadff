"""Searching as a member does."""
import time

from support.world import Member


def search(member: Member, words: str, **more) -> list[dict]:
    """All hits, over all pages."""
    hits, cursor = [], None
    while True:
        page = member.get("/api/inbox/search", q=words, **({"cursor": cursor} if cursor else {}), **more)
        hits += page["items"]
        cursor = page["next"]
        if cursor is None:
            return hits


def until_found(member: Member, words: str, count: int = 1, seconds: float = 15) -> list[dict]:
    """The hits, once there are so many."""
    deadline = time.monotonic() + seconds
    while True:
        hits = search(member, words)
        if len(hits) >= count:
            return hits
        assert time.monotonic() < deadline, (words, hits)
        time.sleep(0.05)
