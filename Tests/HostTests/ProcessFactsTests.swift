import Foundation
import Testing
import TestSupport

@testable import Host

@Suite("What Linux shows of a process")
struct ProcessFactsTests {
    @Test("this process is found with its command, user, parent and program")
    func own() throws {
        let facts = try #require(ProcessFacts.read(getpid()))
        #expect(facts.id == getpid() && facts.parent == getppid() && facts.user == getuid())
        #expect(!facts.commandLine.isEmpty && facts.executable == ProcFile.link("/proc/self/exe"))
        #expect(facts.threads >= 1 && !facts.isProgramGone)
        let age = Age.now - (try #require(facts.startedAt))
        #expect((-2_000...86_400_000).contains(age))
    }

    @Test("a child is known by what it was started with")
    func child() throws {
        let child = Process()
        child.executableURL = URL(fileURLWithPath: "/bin/sleep")
        child.arguments = ["30"]
        try child.run()
        defer { child.terminate() }
        var facts = try #require(ProcessFacts.read(child.processIdentifier))
        // In the midst of its exec it has no words yet.
        let end = ContinuousClock.now + .seconds(10)
        while facts.commandLine.isEmpty, ContinuousClock.now < end { facts = try #require(ProcessFacts.read(child.processIdentifier)) }
        #expect(facts.commandLine.hasSuffix("sleep 30"))
        #expect(facts.parent == getpid())
        #expect(facts.title == facts.commandLine)
    }

    @Test("who is not there is nobody", arguments: [0, -1, 1 << 30] as [Int32])
    func nobody(id: Int32) {
        #expect(ProcessFacts.read(id) == nil)
        #expect(ThreadFacts.all(of: id).isEmpty)
    }

    @Test("threads are told with their names and states")
    func threads() {
        let threads = ThreadFacts.all(of: getpid())
        #expect(threads.contains { $0.id == getpid() })
        #expect(threads.allSatisfy { !$0.name.isEmpty && "RSDTtZI".contains($0.state) })
    }

    @Test("the last bracket ends a name, whatever is in it")
    func stat() throws {
        let line = "4711 (a) R (b) S 1 4711 4711 0 -1 4194560 1 2 3 4 55 66 7 8 20 0 9 0 12345 1 2 3"
        let stat = try #require(ProcessStat(line))
        #expect(stat.name == "a) R (b" && stat.state == "S" && stat.parent == 1)
        #expect(stat.threads == 9 && stat.startTicks == 12_345 && stat.userTicks == 55 && stat.systemTicks == 66)
    }

    @Test("the user is the real one")
    func user() {
        #expect(ProcessFacts.user(in: "Name:\tx\nUid:\t1000\t0\t0\t0\nGid:\t5\t5\t5\t5\n") == 1_000)
        #expect(ProcessFacts.user(in: "Uid:\n") == nil)
        #expect(ProcessFacts.user(in: "") == nil)
    }

    @Test(
        "a command line is one harmless line",
        arguments: [
            ("timeout\u{0}60\u{0}server\u{0}", "timeout 60 server"), ("a\u{1B}[31m\nb\u{0}", "a[31mb"), ("x\u{202E}y\u{0}\u{0}\u{0}", "xy"),
            ("", ""), ("\u{0}\u{0}", ""), ("客服\u{0}--端口", "客服 --端口"),
            (String(repeating: "a", count: 500), String(repeating: "a", count: 120) + "…"),
        ])
    func command(bytes: String, text: String) {
        #expect(CommandText.clean(bytes.utf8) == text)
    }

    @Test(
        "a container is known by its long name",
        arguments: [
            ("0::/system.slice/docker-\(Self.digits).scope", "0123456789ab"), ("5:memory:/docker/\(Self.digits)\n4:cpu:/", "0123456789ab"),
            ("0::/kubepods/pod1/cri-containerd-\(Self.digits).scope", "0123456789ab"), ("0::/", nil), ("0::/user.slice", nil), ("", nil),
        ] as [(String, String?)])
    func container(groups: String, id: String?) {
        #expect(ContainerID.find(in: groups) == id)
    }

    private static let digits = String(repeating: "0123456789abcdef", count: 4)

    @Test("whatever a file holds, it is read or refused")
    func hostile() {
        let words = [
            "(", ")", " ", "\n", "\t", ":", "/", "Uid:", "btime ", "oom_kill ", "0::/", "memory", "-1", "99999999999999999999", "0A", "é",
        ]
        for seed in 0..<20_000 {
            var random = SeededRandom(seed: UInt64(seed))
            var text = (0..<Int.random(in: 0...40, using: &random)).compactMap { _ in words.randomElement(using: &random) }.joined()
            if seed % 3 == 0 { text += Samples.text(seed: UInt64(seed), length: 30) }
            _ = ProcessStat(text)
            _ = ProcessFacts.user(in: text)
            _ = BootTime.find(in: text)
            _ = ContainerID.find(in: text)
            _ = CgroupMemory.places(in: text)
            _ = CgroupMemory.value(of: "oom_kill", in: text)
            _ = CgroupMemory.bytes(text)
            _ = PortHolder.inodes(in: text, port: 80)
            #expect(CommandText.clean(text).unicodeScalars.count <= CommandText.limit + 1)
        }
    }
}
