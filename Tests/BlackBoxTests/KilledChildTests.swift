import Foundation
import Testing
import TestSupport

@testable import BlackBox

@Suite("A killed process leaves its black box behind", .serialized)
struct KilledChildTests {
    private static let variable = "SWITCHBOARD_BLACK_BOX_CHILD"

    @Test("kill -9 in the middle of writing loses nothing that was written before: ten times")
    func killed() throws {
        let directory = try TemporaryDirectory()
        for round in 0..<10 {
            try directory.write([UInt8](repeating: 0, count: Layout.size), to: "box")
            let (process, told) = try runChild(path: directory.path + "/box", until: 500 + round * 900)
            let reader = try #require(BlackBoxReader(try directory.bytes(of: "box")))
            #expect(reader.process == process && reader.stage?.name == "background" && reader.build == "child")
            let records = reader.records()
            // What it told us of, it had written.
            #expect(try #require(records.last?.sequence) >= UInt64(told))
            #expect(records.allSatisfy { $0.text == "record \($0.sequence)" })
            #expect(zip(records, records.dropFirst()).allSatisfy { $0.sequence + 1 == $1.sequence })
            #expect(reader.inFlight.contains { $0.id == "in flight" && $0.fingerprint == 4_711 && $0.kind == .relay })
        }
    }

    @Test("child", .enabled(if: ProcessInfo.processInfo.environment[variable] != nil))
    func child() throws {
        let path = try #require(ProcessInfo.processInfo.environment[Self.variable])
        let file = open(path, O_RDWR)
        let writer = BlackBoxWriter(try BlackBoxMemory(descriptor: file))
        writer.setBuild("child")
        writer.enter(.background)
        _ = writer.takeOff(.relay, id: "in flight", bytes: 1, fingerprint: 4_711)
        for number in 0..<100_000_000 {
            writer.record(level: 2, at: 0) { $0.append("record \(number)") }
            if number % 100 == 0 { FileHandle.standardOutput.write(Data("told \(number)\n".utf8)) }
        }
    }

    /// Kills it once it told of that many records. Returns its number and the last record that it told of.
    private func runChild(path: String, until wanted: Int) throws -> (Int32, Int) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let bundle = CommandLine.arguments.firstIndex(of: "--test-bundle-path").map { Array(CommandLine.arguments[$0...].prefix(2)) } ?? []
        process.arguments = bundle + ["--testing-library", "swift-testing", "--filter", "KilledChildTests/child"]
        process.environment = ProcessInfo.processInfo.environment.merging([Self.variable: path]) { _, new in new }
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var text = ""
        while let data = try output.fileHandleForReading.read(upToCount: 4_096), !data.isEmpty {
            text += String(decoding: data, as: UTF8.self)
            if lastTold(text) >= wanted { kill(process.processIdentifier, SIGKILL) }
        }
        process.waitUntilExit()
        #expect(process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGKILL)
        return (process.processIdentifier, lastTold(text))
    }

    private func lastTold(_ text: String) -> Int {
        text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().last { $0.hasPrefix("told ") }.flatMap {
            Int($0.dropFirst(5))
        } ?? -1
    }
}
