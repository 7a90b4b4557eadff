import Glibc
import Routing
import TestSupport
import Testing
import Vocabulary

@testable import Gateway

@Suite("The probe that runs a command", .timeLimit(.minutes(4)))
struct CommandProbeTests {
    private let directory: TemporaryDirectory
    private let node: Node

    init() async throws {
        directory = try TemporaryDirectory()
        node = try await RoomWorld().north()
    }

    /// A command that runs these lines; its home is the directory. Not as a program of its own: one that was just written can't be run
    /// while another test's child still holds its descriptor (ETXTBSY).
    private func program(_ text: String) throws -> String {
        try directory.write("\(text)\n", to: "probe")
        return "/bin/sh \(directory.path)/probe {model}"
    }

    private func run(_ text: String, patience: Duration = .seconds(30)) async throws -> ProbeFinding {
        await CommandProbe(home: directory.path, patience: patience).run(try program(text), on: node)
    }

    private func file(_ name: String) throws -> String { String(decoding: try directory.bytes(of: name), as: UTF8.self) }

    @Test(
        "is good only when it ends well and says something",
        arguments: [("echo ok", true), ("true", false), ("echo no; exit 3", false), ("kill -9 $$", false)])
    func codes(text: String, isGood: Bool) async throws {
        let finding = try await run(text)
        #expect(finding.isGood == isGood)
        if text.hasSuffix("3") { #expect(finding.detail == "exit 3: no\n") }
        if text.hasPrefix("kill") { #expect(finding.detail.hasPrefix("exit 137")) }
    }

    @Test("gives the command the node's address and credential, and nothing else of ours")
    func environment() async throws {
        _ = try await run("env > $HOME/env; echo \"$@\" > $HOME/words; echo ok")
        let names = Set(try file("env").split(separator: "\n").compactMap { $0.split(separator: "=").first.map(String.init) })
        // PWD and the like are the shell's own.
        #expect(names.subtracting(["PWD", "_", "SHLVL", "OLDPWD"]) == ["PATH", "HOME", "ANTHROPIC_BASE_URL", "ANTHROPIC_API_KEY"])
        #expect(
            try file("env").contains("ANTHROPIC_API_KEY=sk-north-secret")
                && file("env").contains("ANTHROPIC_BASE_URL=https://north.example"))
        #expect(try file("words") == "\(node.healthModel)\n")
    }

    @Test("never shows the credential, not even a part that was cut off")
    func credential() async throws {
        let finding = try await run("i=0; while [ $i -lt 400 ]; do printf %s \"$ANTHROPIC_API_KEY\"; i=$((i+1)); done; exit 1")
        #expect(finding.detail.contains("•••") && !finding.detail.contains("sk-") && !finding.detail.contains("north"))
    }

    @Test("ends the command and all that it began when its time is over, also one that writes without end")
    func late() async throws {
        let finding = try await run("sleep 300 & echo $! > $HOME/child; while :; do echo yes; done", patience: .milliseconds(500))
        #expect(finding.outcome == .firstByteTimeout)
        try await expectGone()
    }

    @Test("ends at once when it is cancelled")
    func cancelled() async throws {
        let command = try program("sleep 300 & echo $! > $HOME/child.new; mv $HOME/child.new $HOME/child; wait")
        let (directory, node) = (directory, node)
        let probe = Task { await CommandProbe(home: directory.path).run(command, on: node) }
        while directory.size(of: "child") == nil { try await Task.sleep(for: .milliseconds(5)) }
        let began = ContinuousClock.now
        probe.cancel()
        let finding = await probe.value
        #expect(finding.outcome == .clientLeft && ContinuousClock.now - began < .seconds(5))
        try await expectGone()
    }

    @Test("ends what a command leaves behind when it has ended itself")
    func leftBehind() async throws {
        #expect(try await run("sleep 300 & echo $! > $HOME/child; echo ok").isGood)
        try await expectGone()
    }

    @Test("blames nobody for a command that is not there")
    func missing() async throws {
        let finding = await CommandProbe(home: directory.path).run("no-such-program-anywhere", on: node)
        #expect(finding.outcome == .notSent(.local) && finding.cost == 0)
    }

    /// A process that was killed may be a zombie for a moment, until its new parent looks.
    private func expectGone() async throws {
        let child = try #require(pid_t(try file("child").trimmed))
        for _ in 0..<500 {
            let stat = fopen("/proc/\(child)/stat", "r")
            guard let stat else { return }
            var line = [CChar](repeating: 0, count: 200)
            fgets(&line, 200, stat)
            fclose(stat)
            if String(decoding: line.map { UInt8(bitPattern: $0) }, as: UTF8.self).contains(") Z ") { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("the command's child still runs")
    }
}
