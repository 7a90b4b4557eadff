import Foundation
import Synchronization
import TestSupport
import Vocabulary

@testable import Gateway

/// A process of its own that books requests until it is killed: this test binary, told to run one test.
struct LedgerChild {
    private static let variable = "SWITCHBOARD_LEDGER_CHILD"
    /// Set in the process that is to be killed.
    static var folder: String? { ProcessInfo.processInfo.environment[variable] }

    private let process: Process
    private let output: Pipe

    static func start(folder: String) throws -> LedgerChild {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        // Under `swift test` the first argument is the bundle of tests, which the runner is told by its name.
        let bundle = CommandLine.arguments.firstIndex(of: "--test-bundle-path").map { Array(CommandLine.arguments[$0...].prefix(2)) } ?? []
        process.arguments = bundle + ["--testing-library", "swift-testing", "--filter", "LedgerRecoveryTests/child"]
        process.environment = ProcessInfo.processInfo.environment.merging([variable: folder]) { _, new in new }
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        return LedgerChild(process: process, output: output)
    }

    /// The ids that the process told until it had told `lines` of them and was killed, and those that came out until it was gone.
    func killAfter(lines: Int) throws -> [String] {
        var text: [UInt8] = []
        var isKilled = false
        while true {
            let data = output.fileHandleForReading.availableData
            if data.isEmpty { break }
            text += data
            if !isKilled, text.count(where: { $0 == 0x0A }) >= lines + 50 {
                kill(process.processIdentifier, SIGKILL)
                isKilled = true
            }
        }
        process.waitUntilExit()
        let told = String(decoding: text, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        return told.filter { $0.hasPrefix("booked ") }.map { String($0.dropFirst(7)) }
    }

    /// What the process does: opens requests and leaves every fifth open, and tells each once it is booked.
    static func run() async throws {
        guard let folder else { return }
        let journal = try LedgerJournal(path: folder, limits: .init(segment: 256 << 10, segments: 60), logger: .silent)
        let ledger = Ledger(journal: journal, clock: SystemClock())
        var held: [LedgerEntry] = []
        let (workspace, node) = (WorkspaceID.make(at: SystemClock().now()), ULID.make(at: SystemClock().now()))
        for number in 0..<1_000_000 {
            let opening = RequestOpening(
                id: .make(at: SystemClock().now()), workspace: workspace, key: nil, operation: "messages", model: "sonnet")
            guard let entry = try? ledger.openRequest(opening) else {
                await journal.sync()
                continue
            }
            try entry.openAttempt(AttemptOpening(number: 1, node: .init(node), mappedModel: "sonnet"))
            if number % 5 == 0 {
                held.append(entry)
            } else {
                entry.close(
                    RequestClosing(status: .completed, httpStatus: 200, attempts: 1, durationMilliseconds: 1, usage: PricedTokens(input: 1))
                )
            }
            FileHandle.standardOutput.write(Data("booked \(opening.id)\n".utf8))
        }
        withExtendedLifetime(held) {}
    }
}

/// So many times and no more, from any thread.
final class FlakyBudget: Sendable {
    private let left: Mutex<Int>

    init(_ count: Int) {
        left = Mutex(count)
    }

    func take() -> Bool {
        left.withLock { left in
            defer { left -= 1 }
            return left > 0
        }
    }
}
