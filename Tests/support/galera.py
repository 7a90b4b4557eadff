"""Three MariaDB nodes that commit together or not at all."""
import os
import pathlib
import shutil
import subprocess
import time

from support.databases import MariaDB, free_port

PROVIDER = next((path for path in ("/usr/lib/galera/libgalera_smm.so", "/usr/lib64/galera-4/libgalera_smm.so") if pathlib.Path(path).exists()), None)


def lacking() -> str:
    """Why there can be no cluster here; empty when there can."""
    if not PROVIDER:
        return "galera-4"
    if os.geteuid() != 0:
        return "root's rights: state is handed over as the user mysql"
    return ", ".join(name for name in ("rsync", "socat") if not shutil.which(name))


class Node(MariaDB):
    """One of the cluster's, with ports of its own for what the nodes tell each other."""

    def __init__(self, number: int, ports: list[int]):
        self.number, self.ports, self.handover = number, ports, free_port()
        self.seed = False
        super().__init__()
        # rsync of a node that runs as root is refused by the receiving one.
        subprocess.run(["chown", "-R", "mysql:", self.folder], check=True)

    def words(self) -> list[str]:
        own = self.ports[self.number]
        others = ",".join(f"127.0.0.1:{port}" for number, port in enumerate(self.ports) if number != self.number)
        words = [word for word in super().words() if not word.startswith("--user=")]
        return words + [
            "--user=mysql", "--wsrep-on=ON", f"--wsrep-provider={PROVIDER}", "--wsrep-cluster-name=lantern", f"--wsrep-node-name=node{self.number}",
            f"--wsrep-cluster-address=gcomm://{'' if self.seed else others}", "--wsrep-sst-method=rsync", f"--wsrep-sst-receive-address=127.0.0.1:{self.handover}",
            f"--wsrep-node-address=127.0.0.1:{own}", "--binlog-format=ROW", "--innodb-autoinc-lock-mode=2", "--wsrep-sync-wait=1",
            "--wsrep-provider-options=" + ";".join([
                f"base_port={own}", f"gmcast.listen_addr=tcp://127.0.0.1:{own}", f"ist.recv_addr=127.0.0.1:{free_port()}", "gcache.size=32M"])]

    def is_synced(self) -> bool:
        try:
            return self.run("SHOW STATUS LIKE 'wsrep_local_state_comment'")[0][1] == "Synced"
        except (AssertionError, IndexError, subprocess.TimeoutExpired):
            return False

    def await_synced(self, timeout: float = 60) -> None:
        deadline = time.monotonic() + timeout
        while not self.is_synced():
            assert time.monotonic() < deadline, f"node {self.number} is not synced: {self.log()}"
            time.sleep(0.1)


class Cluster:
    """Three nodes on this machine; `with`."""

    def __init__(self) -> None:
        ports = [free_port() for _ in range(3)]
        self.nodes = [Node(number, ports) for number in range(3)]

    def __enter__(self) -> "Cluster":
        self.nodes[0].seed = True
        for node in self.nodes:
            node.start(60)
            node.await_synced()
        # From now on it comes back as one of several.
        self.nodes[0].seed = False
        return self

    def __exit__(self, *_: object) -> None:
        for node in reversed(self.nodes):
            node.end()

    def size(self) -> int:
        return int(self.nodes[0].run("SHOW STATUS LIKE 'wsrep_cluster_size'")[0][1])
