"""One house with several instances: each a real server with its own data directory, all on one database, behind a proxy."""
import pathlib
import time

from support import engine
from support import server as program
from support.databases import HAProxy, MariaDB, Redis
from support.server import Server
from support.world import ADA, PASSWORD, Member, Visitor


class House:
    """`with` or `end()`. `instances["one"]` is a server; `door` is the proxy in front of all."""

    def __init__(self, folder: pathlib.Path, database: MariaDB, bus: Redis | None, names: tuple[str, ...], **settings: object):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.database, self.bus = database, bus
        self.url = database.fresh()
        self.shared = {"DATABASE_URL": self.url, "HOUSE_KEY": engine.HOUSE_KEY} | ({"REDIS_URL": bus.url()} if bus else {})
        self.settings = {"TRUSTED_PROXIES": "127.0.0.1"} | settings | self.shared
        self.instances = {name: Server(folder / name, **self.settings) for name in names}
        self.proxy: HAProxy | None = None
        self.key = ""

    def command(self, *words: str, name: str = "command", typed: str | None = None, **settings: object):
        """A command on a machine of its own, with the same database."""
        return program.command(*words, data=self.folder / name, typed=typed, **(self.shared | settings))

    def start(self) -> "House":
        made = self.command("setup", "--workspace", "Lantern Ltd", "--owner", ADA, "--shop", "Lantern", typed=PASSWORD + "\n")
        assert made.returncode == 0, made.stderr
        self.key = made.stdout.strip()
        for server in self.instances.values():
            server.launch()
        for server in self.instances.values():
            server.await_ready()
        if len(self.instances) > 1:
            self.proxy = HAProxy(**{name: server.port for name, server in self.instances.items()}).start()
            self.await_door()
        return self

    def await_door(self, timeout: float = 15) -> None:
        import httpx

        deadline = time.monotonic() + timeout
        for name in self.instances:
            while True:
                try:
                    if httpx.get(self.base + "/ready", headers={"x-instance": name}, timeout=2).status_code == 200:
                        break
                except httpx.TransportError:
                    pass
                assert time.monotonic() < deadline, f"the proxy does not answer: {self.proxy.log() if self.proxy else ''}"
                time.sleep(0.05)

    @property
    def base(self) -> str:
        return self.proxy.base if self.proxy else next(iter(self.instances.values())).base

    @property
    def socket_base(self) -> str:
        return self.base.replace("http", "ws", 1)

    @property
    def homes(self) -> list[str]:
        return list(self.instances)

    @property
    def port(self) -> int:
        """Of the proxy."""
        assert self.proxy
        return self.proxy.port

    def door(self, name: str | None = None) -> "Door":
        """The house as somebody sees it whom the proxy sends to that instance while it lives."""
        return Door(self, name)

    def ada(self, name: str | None = None) -> Member:
        return Member(self.door(name)).sign_in()

    def visitor(self, at: str | None = None, /, **details) -> Visitor:
        return Visitor(self.door(at), self.key, **details)

    def rows(self, sql: str) -> list[list[str]]:
        return self.database.run(sql, MariaDB.name(self.url))

    def tail(self) -> str:
        return "\n".join(f"--- {name}\n{server.tail(20)}" for name, server in self.instances.items())

    def end(self) -> None:
        if self.proxy:
            self.proxy.end()
        for server in self.instances.values():
            server.end()


class Door:
    """What clients need to know of a server."""

    def __init__(self, house: House, name: str | None):
        self.house, self.name = house, name
        self.steering = {"x-instance": name} if name else {}

    @property
    def base(self) -> str:
        if self.house.proxy is None and self.name:
            return self.house.instances[self.name].base
        return self.house.base

    @property
    def socket_base(self) -> str:
        return self.base.replace("http", "ws", 1)

    def tail(self, count: int = 15) -> str:
        return self.house.tail()
