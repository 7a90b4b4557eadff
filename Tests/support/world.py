"""One small world: shop Lantern, members Ada (owner) and Bo, customer Kim; everything through the real doors."""
import pathlib

import httpx

from support import engine
from support import server as program
from support.server import Server
from support.ulid import ulid

PASSWORD = "a long enough pass phrase"
ADA = "ada@lantern.example"


def found(data: pathlib.Path, workspace: str = "Lantern Ltd", owner: str = ADA, shop: str = "Lantern", password: str = PASSWORD) -> str:
    """Sets a server up by command and returns the first shop's key."""
    done = program.command("setup", "--workspace", workspace, "--owner", owner, "--shop", shop, data=data, typed=password + "\n")
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def add_second_workspace(data: pathlib.Path, owner: str = "eve@rival.example") -> dict[str, str]:
    """A second workspace with an owner (Ada's password) and a shop: the product makes one per server, so it is written into the database
    while the server is down."""
    ids = {"workspace": ulid(), "member": ulid(), "shop": ulid(), "key": "shop_" + ulid(), "email": owner}
    now = 1_763_700_000_000
    engine.change(
        data, f"INSERT INTO workspace (id, name, created_at) VALUES ('{ids['workspace']}', 'Rival', {now})",
        "INSERT INTO member (id, workspace_id, email, name, role, language, is_active, password_hash, created_at)"
        f" SELECT '{ids['member']}', '{ids['workspace']}', '{owner}', 'Eve', 'owner', 'en', 1, password_hash, {now} FROM member LIMIT 1",
        "INSERT INTO shop (id, workspace_id, public_key, name, greeting, colour, language, is_active, created_at)"
        f" VALUES ('{ids['shop']}', '{ids['workspace']}', '{ids['key']}', 'Rival shop', '', '#0f766e', 'auto', 1, {now})")
    return ids


class Client:
    """HTTP as a page of the server would speak it."""

    def __init__(self, server: Server, **options):
        self.server = server
        self.http = httpx.Client(
            base_url=server.base, headers={"origin": server.base} | server.steering, verify=False, timeout=20, **options)

    def close(self) -> None:
        self.http.close()

    def get(self, path: str, **query) -> dict:
        return self.answer(self.http.get(path, params=query or None), 200)

    def post(self, path: str, body: object = None, status: int = 201, **headers: str) -> dict:
        return self.answer(self.http.post(path, json=body, headers=headers) if body is not None else self.http.post(path, headers=headers), status)

    @staticmethod
    def answer(response: httpx.Response, status: int) -> dict:
        assert response.status_code == status, f"{response.request.method} {response.request.url}: {response.status_code} {response.text[:500]}"
        return response.json() if response.content else {}


class Member(Client):
    """A member who is signed in."""

    def __init__(self, server: Server, email: str = ADA, password: str = PASSWORD, **options):
        super().__init__(server, **options)
        self.email, self.password = email, password
        self.profile: dict = {}

    def sign_in(self) -> "Member":
        self.profile = self.post("/api/sessions", {"email": self.email, "password": self.password})["member"]
        return self

    @property
    def id(self) -> str:
        return self.profile["id"]

    def ticket(self) -> str:
        return self.post("/api/tickets")["ticket"]

    def make_shop(self, name: str = "Second shop", **more) -> dict:
        return self.post("/api/shops", {"name": name, **more})

    def invite(self, email: str, role: str, name: str, shops: list[str] | None = None) -> "Member":
        """A new member, by invitation and its link."""
        link = self.post("/api/invitations", {"email": email, "role": role, "shops": shops or []})["link"]
        token = link.split("#", 1)[1]
        guest = Member(self.server, email)
        guest.profile = guest.post("/api/invitations/accept", {"token": token, "name": name, "password": PASSWORD})["member"]
        return guest

    def send(self, conversation: str, kind: str = "text", status: int = 201, client_id: str | None = None, **body) -> dict:
        if kind in ("text", "note"):
            body.setdefault("text", "Hello")
        asked = {"clientID": client_id or ulid(), "kind": kind, "body": body}
        return self.post(f"/api/conversations/{conversation}/events", asked, status)

    def snapshot(self, conversation: str) -> dict:
        return self.get(f"/api/conversations/{conversation}")


class Visitor(Client):
    """A customer of one shop, with its credential."""

    def __init__(self, server: Server, key: str, **details):
        super().__init__(server)
        self.key = key
        made = self.post(f"/api/widget/{key}/customers", details)
        self.id = made["customer"]["id"]
        self.credential = made["credential"]
        self.http.headers["authorization"] = f"Visitor {self.credential}"
        self.base = f"/api/widget/{key}"

    def ticket(self) -> str:
        return self.post(f"{self.base}/tickets")["ticket"]

    def send(self, text: str = "Hello", status: int = 201, client_id: str | None = None, **more) -> dict:
        asked = {"clientID": client_id or ulid(), "kind": "text", "body": {"text": text}, **more}
        return self.post(f"{self.base}/conversation/events", asked, status)

    def snapshot(self) -> dict:
        return self.get(f"{self.base}/conversation")


class World:
    """A running server that is set up, with Ada signed in."""

    def __init__(self, server: Server, key: str):
        self.server = server
        self.key = key
        self.ada = Member(server).sign_in()
        shop = self.ada.get("/api/shops")["items"][0]
        self.shop, self.shop_id = shop, shop["id"]

    @classmethod
    def make(cls, data: pathlib.Path, **settings) -> "World":
        key = found(data)
        return cls(Server(data, **(program.ROOMY | settings)).start(), key)

    def visitor(self, key: str | None = None, **details) -> Visitor:
        return Visitor(self.server, key or self.key, **details)

    def end(self) -> None:
        self.server.end()
