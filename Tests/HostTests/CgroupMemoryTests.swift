import Foundation
import Host
import TestSupport
import Testing

/// Files as the kernel lays them out, in a folder of their own: this machine may have only one of the versions.
@Suite("Control groups of memory")
struct CgroupMemoryTests {
    /// A machine's `/proc` and `/sys/fs/cgroup`.
    private struct Machine {
        let folder: TemporaryDirectory

        /// - Parameters:
        ///   - groups: of `/proc/self/cgroup`.
        ///   - files: contents by path under `/sys/fs/cgroup`.
        init(_ groups: String, _ files: [String: String]) throws {
            folder = try TemporaryDirectory()
            try write(groups, "proc/self/cgroup")
            try write(groups, "proc/4711/cgroup")
            for (path, text) in files { try write(text, "sys/fs/cgroup/" + path) }
        }

        func write(_ text: String, _ path: String) throws {
            let url = URL(fileURLWithPath: folder.path).appending(path: path)
            try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
        }

        var memory: CgroupMemory? { CgroupMemory.read(system: folder.path) }
    }

    /// As Linux 6.1 writes it.
    private func events(_ kills: Int) -> String { "low 0\nhigh 12\nmax 480\noom 3\noom_kill \(kills)\noom_group_kill 0\n" }

    @Test("version 2: a unit of systemd under its own limit")
    func unit() throws {
        let machine = try Machine(
            "0::/system.slice/switchboard.service\n",
            [
                "cgroup.controllers": "cpuset cpu io memory pids\n", "memory.stat": "anon 1\n",
                "system.slice/memory.events": events(5), "system.slice/memory.max": "max\n", "system.slice/memory.current": "900000000\n",
                "system.slice/switchboard.service/memory.events": events(2),
                "system.slice/switchboard.service/memory.max": "734003200\n",
                "system.slice/switchboard.service/memory.current": "104857600\n",
            ])
        #expect(machine.memory == CgroupMemory(oomKills: 2, limit: 734_003_200, current: 104_857_600))
        #expect(CgroupMemory.read(process: 4_711, system: machine.folder.path) == machine.memory)
        #expect(CgroupMemory.read(process: 4_712, system: machine.folder.path) == nil)
        // The kernel kills one more.
        try machine.write(events(3), "sys/fs/cgroup/system.slice/switchboard.service/memory.events")
        #expect(machine.memory?.oomKills == 3)
    }

    @Test("version 2: in a container the mount's root is the own group")
    func container() throws {
        let machine = try Machine("0::/\n", ["memory.events": events(1), "memory.max": "268435456\n", "memory.current": "1048576\n"])
        #expect(machine.memory == CgroupMemory(oomKills: 1, limit: 268_435_456, current: 1_048_576))
    }

    @Test("version 2: a container that shares the host's names, but sees its own files only")
    func hostNames() throws {
        let machine = try Machine(
            "0::/kubepods.slice/pod1/c1\n", ["memory.events": events(0), "memory.max": "max\n", "memory.current": "1048576\n"])
        #expect(machine.memory == CgroupMemory(oomKills: 0, limit: nil, current: 1_048_576))
    }

    @Test("version 2: the tightest limit of those above holds, with what is used of that one")
    func above() throws {
        let machine = try Machine(
            "0::/pods/pod1/c1\n",
            [
                "pods/memory.max": "2000\n", "pods/memory.current": "1500\n", "pods/memory.events": events(9),
                "pods/pod1/memory.max": "1000\n", "pods/pod1/memory.current": "800\n",
                "pods/pod1/c1/memory.max": "max\n", "pods/pod1/c1/memory.current": "100\n", "pods/pod1/c1/memory.events": events(0),
            ])
        #expect(machine.memory == CgroupMemory(oomKills: 0, limit: 1_000, current: 800))
    }

    @Test("version 1, with version 2 beside it for names only, as this machine may have it")
    func hybrid() throws {
        let machine = try Machine(
            "9:name=systemd:/\n4:memory:/docker/1\n1:cpu:/\n0::/docker/1\n",
            [
                "memory/docker/1/memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 4\n",
                "memory/docker/1/memory.limit_in_bytes": "9223372036854771712\n", "memory/docker/1/memory.usage_in_bytes": "77\n",
                "memory/docker/memory.limit_in_bytes": "4096\n", "memory/docker/memory.usage_in_bytes": "99\n",
                "unified/docker/1/cgroup.procs": "1\n",
            ])
        #expect(machine.memory == CgroupMemory(oomKills: 4, limit: 4_096, current: 99))
    }

    @Test(
        "nothing is known without groups of memory",
        arguments: ["", "0::/\n", "1:cpu:/\n", "0::/../../etc\n", "4:memory:docker\n", "rubbish"])
    func nothing(groups: String) throws {
        #expect(try Machine(groups, ["cgroup.controllers": "cpu\n"]).memory == nil)
    }

    @Test("a hostile file is no number")
    func hostile() throws {
        for text in ["", "-1\n", "99999999999999999999\n", "max", "12abc\n", "\u{0}\u{FF}\n"] {
            let machine = try Machine("0::/\n", ["memory.max": text, "memory.events": "oom_kill \(text)", "memory.current": "5\n"])
            #expect(machine.memory == CgroupMemory(oomKills: nil, limit: nil, current: 5), "\(text.debugDescription)")
        }
    }
}
