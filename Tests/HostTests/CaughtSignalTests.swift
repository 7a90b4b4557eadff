import Foundation
import Testing

@testable import Host

@Suite("Who sent a signal")
struct CaughtSignalTests {
    @Test(
        "is said in one sentence",
        arguments: [
            (
                CaughtSignal(number: SIGTERM, code: 0, sender: 4_711, user: 0, command: "timeout 60 x"),
                "SIGTERM from process 4711 (`timeout 60 x`), user 0"
            ),
            (
                CaughtSignal(number: SIGTERM, code: 0, sender: 4_711, user: 7, command: ""),
                "SIGTERM, sender already gone (process 4711), uid 7"
            ),
            (CaughtSignal(number: SIGTERM, code: 0, sender: 0, user: 0, command: ""), "SIGTERM from outside of this container, uid 0"),
            (CaughtSignal(number: SIGINT, code: 0x80, sender: 0, user: 0, command: ""), "SIGINT from the terminal"),
            (CaughtSignal(number: SIGUSR1, code: 0x80, sender: 0, user: 0, command: ""), "SIGUSR1 from the kernel (si_code 128)"),
            (CaughtSignal(number: SIGTERM, code: -6, sender: 99, user: 0, command: "me"), "SIGTERM from the process itself"),
            (
                CaughtSignal(number: SIGTERM, code: 0, sender: 50, user: 3, command: "switchboard serve"),
                "SIGTERM from process 50 (the supervisor), user 3"
            ),
        ])
    func sentence(signal: CaughtSignal, text: String) {
        #expect(signal.sentence(own: 99, parent: (50, "the supervisor")) == text)
    }

    @Test("a signal without a common name has its number")
    func names() {
        #expect(SignalName.of(SIGTERM) == "SIGTERM" && SignalName.of(42) == "signal 42")
    }

    /// The only test that catches: a process has one catcher.
    @Test("comes with its sender, whose command line is read before it can end")
    func caught() async throws {
        let catcher = try #require(SignalCatcher([SIGUSR1, SIGUSR2]))
        let heard = Task.detached { (catcher.next(), catcher.next()) }
        kill(getpid(), SIGUSR1)
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = ["-c", "kill -USR2 \(getpid()); read line"]
        let input = Pipe()
        shell.standardInput = input
        try shell.run()
        let (first, second) = await heard.value
        #expect(first?.number == SIGUSR1 && first?.sender == getpid() && first?.user == getuid() && first?.command.isEmpty == false)
        #expect(second?.number == SIGUSR2 && second?.sender == shell.processIdentifier)
        #expect(second?.command.contains("kill -USR2") == true)
        try input.fileHandleForWriting.close()
        shell.waitUntilExit()
    }
}
