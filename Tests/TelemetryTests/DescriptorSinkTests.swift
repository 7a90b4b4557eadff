import Dispatch
import Foundation
import Logging
import Telemetry
import Testing
import TestSupport

@Suite("Writing to a descriptor")
struct DescriptorSinkTests {
    @Test("lines of many tasks arrive whole, also those larger than a pipe, blocking or not", arguments: [false, true])
    func wholeLines(nonBlocking: Bool) async throws {
        let pipe = Pipe()
        let end = pipe.fileHandleForWriting.fileDescriptor
        if nonBlocking { #expect(fcntl(end, F_SETFL, O_NONBLOCK) == 0) }
        async let received = readToEnd(pipe.fileHandleForReading)
        await writeLines(to: DescriptorSink(descriptor: end))
        try pipe.fileHandleForWriting.close()
        let lines = await received.split(separator: UInt8(ascii: "\n"))
        let objects = try lines.map { try JSONDecoder().decode([String: String].self, from: $0) }
        #expect(objects.count == 200)
        #expect(objects.allSatisfy { $0["message"] == "said" && $0.count == 64 })
    }

    @Test("a closed descriptor loses the line, not the server")
    func closedDescriptor() {
        DescriptorSink(descriptor: -1).write([0x0A])
    }

    /// On a thread of its own: the writers may block all that tasks have.
    private func readToEnd(_ handle: FileHandle) async -> Data {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: handle.readDataToEndOfFile()) }
        }
    }

    private func writeLines(to sink: DescriptorSink) async {
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    let logger = Logger(label: "crowd") { label in
                        LineLogHandler(label: label, level: .info, style: LogStyle(format: .json), sink: sink, clock: ManualClock())
                    }
                    let values = (0..<60).map { ("k\($0)", Logger.MetadataValue.string(String(repeating: "客", count: 1_000))) }
                    for _ in 0..<10 { logger.info("said", metadata: Dictionary(uniqueKeysWithValues: values)) }
                }
            }
        }
    }
}
