"""Who may do what: every route and every socket verb, asked by everyone. The first status or code in a cell is what must come back."""
import re

import pytest

from support.server import ROOMY, TOP, Server
from support.ulid import ulid
from support.wire import Wire
from support.world import Client, Member, Visitor, World, add_second_workspace, found

WHO = ["anonymous", "visitor", "other visitor", "agent", "other agent", "admin", "owner", "stranger"]

# Of the world: `visitor` wrote in shop A, `agent` serves shop A; `other visitor`, `other agent` belong to shop B; `stranger` owns another
# workspace, which is dated as the older one: the server is its, so the server's own ends are its owner's to see. Columns as in WHO. Paths are filled from the world; bodies are such that a permitted call succeeds every time.
ROUTES = """
GET    /health                                      200 200 200 200 200 200 200 200
GET    /ready                                       200 200 200 200 200 200 200 200
GET    /api/setup                                   200 200 200 200 200 200 200 200
POST   /api/setup                                   409 409 409 409 409 409 409 409
POST   /api/sessions                                401 401 401 401 401 401 401 401
GET    /api/sessions                                401 401 401 200 200 200 200 200
DELETE /api/sessions/{owner_session}                401 401 401 404 404 404 keep 404
DELETE /api/sessions/others                         401 401 401 204 204 204 204 204
DELETE /api/sessions/current                        401 401 401 204! 204! 204! 204! 204!
GET    /api/me                                      401 401 401 200 200 200 200 200
PATCH  /api/me                                      401 401 401 200 200 200 200 200
PUT    /api/me/password                             401 401 401 403 403 403 403 403
GET    /api/members                                 401 401 401 200 200 200 200 200
PATCH  /api/members/{agent}                         401 401 401 403 403 200 200 404
GET    /api/invitations                             401 401 401 403 403 200 200 200
POST   /api/invitations                             401 401 401 403 403 201 201 422
DELETE /api/invitations/{invitation}                401 401 401 403 403 204 204 404
POST   /api/invitations/look                        404 404 404 404 404 404 404 404
POST   /api/invitations/accept                      404 404 404 404 404 404 404 404
GET    /api/shops                                   401 401 401 200 200 200 200 200
POST   /api/shops                                   401 401 401 403 403 201 201 201
GET    /api/shops/{shop}                            401 401 401 200 404 200 200 404
PATCH  /api/shops/{shop}                            401 401 401 403 403 200 200 404
POST   /api/shops/{spare}/key                       401 401 401 403 403 200 200 404
GET    /api/shops/{shop}/staff                      401 401 401 200 404 200 200 404
PUT    /api/shops/{shop}/staff                      401 401 401 403 403 200 200 422
POST   /api/tickets                                 401 401 401 201 201 201 201 201
GET    /api/inbox                                   401 401 401 200 200 200 200 200
GET    /api/inbox/counts                            401 401 401 200 200 200 200 200
GET    /api/inbox/search                            401 401 401 422 422 422 422 422
GET    /api/conversations/{conversation}            401 401 401 200 404 200 200 404
GET    /api/conversations/{conversation}/events     401 401 401 200 404 200 200 404
POST   /api/conversations/{conversation}/events     401 401 401 201 404 201 201 404
POST   /api/conversations/{conversation}/receipts   401 401 401 204 404 204 204 404
GET    /api/sync                                    401 401 401 200 200 200 200 200
GET    /api/operations/ends                         401 401 401 403 403 403 403 200
GET    /api/operations/ends/{end}                   401 401 401 403 403 403 403 404
GET    /widget.js                                   200 200 200 200 200 200 200 200
GET    /widget/{key}                                200 200 200 200 200 200 200 200
GET    /demo                                        200 200 200 200 200 200 200 200
GET    /api/widget/{key}                            200 200 200 200 200 200 200 200
POST   /api/widget/{key}/customers                  201 201 201 201 201 201 201 201
GET    /api/widget/{key}/customer                   401 200 401 401 401 401 401 401
PATCH  /api/widget/{key}/customer                   401 200 401 401 401 401 401 401
POST   /api/widget/{key}/tickets                    401 201 401 401 401 401 401 401
GET    /api/widget/{key}/conversation               401 200 401 401 401 401 401 401
GET    /api/widget/{key}/conversation/events        401 200 401 401 401 401 401 401
POST   /api/widget/{key}/conversation/events        401 201 401 401 401 401 401 401
POST   /api/widget/{key}/conversation/receipts      401 204 401 401 401 401 401 401
GET    /api/widget/{key}/sync                       401 200 401 401 401 401 401 401
"""

# Over the socket, in the conversation of shop A: what everyone is answered ("-": no socket opens).
VERBS = """
text     ack ack not_found ack not_found ack ack not_found
note     - forbidden not_found ack not_found ack ack not_found
assign   - forbidden not_found ack not_found ack ack not_found
resolve  - forbidden not_found ack not_found ack ack not_found
reopen   - forbidden not_found ack not_found ack ack not_found
open     - forbidden forbidden resumed gone resumed resumed gone
sync     - resumed not_found resumed not_found resumed resumed not_found
feed     - forbidden forbidden resumed resumed resumed resumed resumed
receipt  - quiet not_found quiet not_found quiet quiet not_found
typing   - quiet not_found quiet not_found quiet quiet not_found
leave    - quiet quiet quiet quiet quiet quiet quiet
probe    - ping ping ping ping ping ping ping
"""


class Cast:
    """Everyone who asks, and what they ask for."""

    def __init__(self, folder):
        self.key = found(folder / "data")
        self.rival = add_second_workspace(folder / "data")
        self.server = Server(folder / "data", **ROOMY).start()
        self.world = World(self.server, self.key)
        ada = self.world.ada
        shop_b = ada.make_shop("B")
        self.spare = ada.make_shop("Spare")
        self.who = {
            "anonymous": Client(self.server),
            "visitor": Visitor(self.server, self.key, name="Kim"),
            "other visitor": Visitor(self.server, shop_b["key"], name="Lee"),
            "agent": ada.invite("bo@lantern.example", "agent", "Bo", [self.world.shop_id]),
            "other agent": ada.invite("cy@lantern.example", "agent", "Cy", [shop_b["id"]]),
            "admin": ada.invite("di@lantern.example", "admin", "Di"),
            "owner": ada,
            "stranger": Member(self.server, self.rival["email"]).sign_in(),
        }
        self.conversation = self.who["visitor"].send("in shop A")["conversation"]
        self.names = {
            "agent": self.who["agent"].id, "shop": self.world.shop_id, "spare": self.spare["id"], "conversation": self.conversation, "key": self.key,
            "end": "20260101-000000-4711", "owner_session": ada.get("/api/me")["session"]}

    def path(self, template: str) -> str:
        names = dict(self.names)
        if "{invitation}" in template:
            names["invitation"] = self.world.ada.post("/api/invitations", {"email": f"{ulid().lower()}@lantern.example", "role": "agent"})["id"]
        return template.format(**names)

    def body(self, method: str, template: str) -> object:
        text = {"clientID": ulid(), "kind": "text", "body": {"text": "asked"}}
        bodies = {
            "POST /api/setup": {"token": "x" * 43, "workspace": "W", "owner": {"name": "N", "email": "n@n.example", "password": "a long enough one"}, "shop": {"name": "S"}},
            "POST /api/sessions": {"email": f"{ulid().lower()}@nobody.example", "password": "not the right one"},
            "PATCH /api/me": {"language": "en"},
            "PUT /api/me/password": {"current": "not the right one", "new": "another pass phrase"},
            "PATCH /api/members/{agent}": {"role": "agent"},
            "POST /api/invitations": {"email": f"{ulid().lower()}@lantern.example", "role": "agent", "shops": [self.world.shop_id]},
            "POST /api/invitations/look": {"token": "x" * 43},
            "POST /api/invitations/accept": {"token": "x" * 43, "name": "N", "password": "a long enough one"},
            "POST /api/shops": {"name": "New"},
            "PATCH /api/shops/{shop}": {"greeting": "Welcome"},
            "PUT /api/shops/{shop}/staff": {"members": [self.names["agent"]]},
            "POST /api/conversations/{conversation}/events": text,
            "POST /api/conversations/{conversation}/receipts": {"read": 1},
            "POST /api/widget/{key}/customers": {"name": "New"},
            "PATCH /api/widget/{key}/customer": {"page": "https://lantern.example/"},
            "POST /api/widget/{key}/conversation/events": text,
            "POST /api/widget/{key}/conversation/receipts": {"read": 1},
        }
        return bodies.get(f"{method} {template}")


@pytest.fixture(scope="module")
def cast(tmp_path_factory):
    made = Cast(tmp_path_factory.mktemp("authorisation"))
    yield made
    made.server.end()


def table(text: str) -> list[list[str]]:
    return [line.split() for line in text.strip().splitlines()]


@pytest.mark.parametrize("row", table(ROUTES), ids=lambda row: f"{row[0]} {row[1]}")
def test_every_route_answers_everyone_as_the_matrix_says(cast, row):
    method, template, *cells = row
    assert len(cells) == len(WHO)
    wrong = []
    for who, cell in zip(WHO, cells):
        if cell == "keep":
            continue
        asking = cast.who[who]
        if cell.endswith("!"):
            # Ends the session that asks: one of its own.
            asking = Member(cast.server, asking.email).sign_in()
        query = {"wait": 0} if template.endswith("/sync") else None
        response = asking.http.request(method, cast.path(template), json=cast.body(method, template), params=query)
        if response.status_code != int(cell.rstrip("!")):
            wrong.append(f"{who}: {response.status_code} instead of {cell}: {response.text[:200]}")
        if response.status_code >= 400:
            assert response.headers["content-type"] == "application/problem+json" and "." in response.json()["code"], (who, response.text)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("row", table(VERBS), ids=lambda row: row[0])
def test_every_socket_verb_answers_everyone_as_the_matrix_says(cast, row):
    verb, *cells = row
    wrong = []
    for who, cell in zip(WHO, cells):
        if who == "anonymous":
            # Without a ticket there is no verb at all: refused at `init`.
            wire = Wire.staff(cast.who["owner"])
            wire.say({"type": "init", "protocol": 1, "ticket": "x" * 43})
            assert wire.closed() == 4401
            continue
        with Wire.open(cast.who[who]) as wire:
            wire.settle()
            answer = ask(wire, verb, cast.conversation, cast.who["owner"].id)
        if answer != cell:
            wrong.append(f"{who}: {answer} instead of {cell}")
    assert not wrong, "\n".join(wrong)


def ask(wire: Wire, verb: str, conversation: str, member: str) -> str:
    """What is answered: the code of a refusal, else the type of the frame, else `quiet`."""
    frames = {
        "open": {"type": "open", "conversation": conversation, "after": 0}, "leave": {"type": "leave", "conversation": conversation},
        "sync": {"type": "sync", "conversation": conversation, "after": 0}, "feed": {"type": "sync", "feed": 0}, "probe": {"type": "probe"},
        "receipt": {"type": "receipt", "conversation": conversation, "read": 1}, "typing": {"type": "typing", "conversation": conversation, "on": True}}
    if verb == "probe":
        wire.say(frames[verb])
        return wire.expect("ping")["type"]
    if verb in frames:
        wire.say(frames[verb])
    else:
        wire.send(verb, conversation, **({"member": member} if verb == "assign" else {}))
    heard = wire.settle()
    for frame in heard:
        if frame["type"] in ("error", "nack"):
            return frame["code"]
        if frame["type"] == "reset":
            return frame["reason"]
        if frame["type"] in ("ack", "resumed"):
            return frame["type"]
    return "quiet"


def test_nothing_of_another_workspace_or_shop_shows_in_any_list(cast):
    """Not only by the status: no answer of a stranger holds an id of ours."""
    ours = [cast.conversation, cast.world.shop_id, cast.who["agent"].id, cast.key, "lantern.example"]
    for path in ("/api/me", "/api/members", "/api/shops", "/api/invitations", "/api/inbox?view=all", "/api/inbox?view=resolved", "/api/sync?wait=0&feed=0", "/api/sessions"):
        text = cast.who["stranger"].http.get(path).text
        assert not [name for name in ours if name in text], path
    text = cast.who["other agent"].http.get("/api/inbox?view=all").text + cast.who["other agent"].http.get("/api/sync?wait=0&feed=0").text
    assert cast.conversation not in text and cast.who["visitor"].id not in text


def test_the_matrix_covers_every_route_of_the_documentation():
    documented = set()
    text = (TOP / "docs/api.md").read_text()
    for line in text.splitlines():
        cells = line.replace("\\|", " ").split("|")
        if len(cells) > 2:
            documented |= routes_of(cells[1])
    assert len(documented) >= 45
    covered = {(row[0], re.sub(r"\{[^}]*\}", "{}", row[1])) for row in table(ROUTES)}
    assert documented - covered == set(), "not in the matrix"


def routes_of(cell: str) -> set[tuple[str, str]]:
    """`GET /a/{id}?x=` , `/b`; a bare method or path borrows the rest from what stands before it; a bare `/receipts` stands beside its neighbour."""
    found_here, methods, path = set(), [], ""
    for words in re.findall(r"`([^`]+)`", cell.replace("`/`", "` `")):
        words = re.sub(r"\?[^ `]*", "", words).strip()
        parts = words.split()
        if parts and re.fullmatch(r"[A-Z]+", parts[0]):
            methods = methods + [parts[0]] if len(parts) == 1 or (methods and not path) else [parts[0]]
            if len(parts) == 1 and path:
                found_here.add((parts[0], path))
                methods = [parts[0]]
                continue
            parts = parts[1:]
        if not parts:
            continue
        named = parts[0]
        if path and named.startswith("/") and named.count("/") == 1 and path.count("/") > 1:
            named = path.rsplit("/", 1)[0] + named
        path = re.sub(r"\{[^}]*\}", "{}", named)
        for method in methods:
            found_here.add((method, path))
    return found_here
