import Foundation
import Testing

@testable import Host

@Suite("The machine around a process")
struct MachineTests {
    @Test("control groups of both versions, the group's own place before the mount's root")
    func places() {
        #expect(
            CgroupMemory.places(in: "0::/system.slice/x.service\n") == [
                .init(folder: "/sys/fs/cgroup/system.slice/x.service", isFirstVersion: false),
                .init(folder: "/sys/fs/cgroup", isFirstVersion: false),
            ])
        #expect(
            CgroupMemory.places(in: "9:cpu,cpuacct:/a\n4:memory:/docker/1\n") == [
                .init(folder: "/sys/fs/cgroup/memory/docker/1", isFirstVersion: true),
                .init(folder: "/sys/fs/cgroup/memory", isFirstVersion: true),
            ])
        #expect(CgroupMemory.places(in: "0::/../../etc\nrubbish\n") == [])
    }

    @Test("counts of ended processes, with and without the word in another line's name")
    func oomKills() {
        #expect(CgroupMemory.value(of: "oom_kill", in: "low 0\noom 3\noom_kill 2\noom_group_kill 9\n") == 2)
        #expect(CgroupMemory.value(of: "oom_kill", in: "oom_kill_disable 0\nunder_oom 0\n") == nil)
    }

    @Test(
        "a limit that is none",
        arguments: [("max\n", nil), ("9223372036854771712\n", nil), ("1048576\n", 1_048_576), ("", nil), ("-5", nil)] as [(String, Int64?)])
    func limit(text: String, bytes: Int64?) {
        #expect(CgroupMemory.bytes(text) == bytes)
    }

    @Test("the machine's start is in the past, and the same at each look")
    func boot() throws {
        let started = try #require(BootTime.milliseconds)
        #expect(started < Age.now && started > 1_600_000_000_000)
        #expect(BootTime.id?.utf8.count == 36)
    }

    @Test("descriptors are limited, and processor time goes up with work")
    func resources() throws {
        #expect(try #require(ResourceLimit.read(.openFiles)?.soft) > 0)
        for kind in ResourceLimit.Kind.allCases { #expect(ResourceLimit.read(kind) != nil) }
        let before = ResourceUse.own
        var sum = 0
        while ResourceUse.own.userMilliseconds + ResourceUse.own.systemMilliseconds <= before.userMilliseconds + before.systemMilliseconds
            + 5
        { sum &+= 1 }
        #expect(sum >= 0 && ResourceUse.own.mostResidentKiB > 1_000)
    }

    @Test(
        "ages are told as people tell them",
        arguments: [
            (-5, "0 seconds"), (1_500, "1 second"), (119_000, "119 seconds"), (720_000, "12 minutes"), (10_800_000, "3 hours"),
            (432_000_000, "5 days"),
        ])
    func ages(milliseconds: Int64, text: String) {
        #expect(Age.text(milliseconds: milliseconds) == text)
    }
}
