import Foundation
import Synchronization
import Testing
import TestSupport

@testable import BlackBox

@Suite("Many threads at the black box")
struct CrowdTests {
    @Test("eight threads write at once and every record that is found is whole")
    func records() async throws {
        let writer = BlackBoxWriter(try BlackBoxMemory())
        let isOver = Atomic<Bool>(false)
        let looking = Task.detached { () -> Int in
            var seen = 0
            while !isOver.load(ordering: .relaxed) { seen += Self.check(writer) }
            return seen
        }
        await onThreads(8) { thread in
            for number in 0..<5_000 {
                let text = String(repeating: "\(thread)", count: 1 + (number % 300))
                writer.record(level: UInt8(thread % 7), at: Int64(text.utf8.count)) { $0.append(text) }
            }
        }
        isOver.store(true, ordering: .relaxed)
        #expect(await looking.value > 0)
        let left = try #require(BlackBoxReader(writer.memory.copy())).records()
        let lost = try #require(BlackBoxReader(writer.memory.copy())).counters.first { $0.name == "records.lost" }?.value ?? 0
        #expect(left.count == 4_096 || UInt64(left.count) + lost >= 4_096)
        #expect(Self.check(writer) == left.count)
    }

    /// Each record is one digit, as often as its time says.
    private static func check(_ writer: BlackBoxWriter) -> Int {
        let records = BlackBoxReader(writer.memory.copy())?.records() ?? []
        let torn = records.first { record in
            let digit = record.text.utf8.first ?? 0
            return record.text.utf8.count != Int(record.at) || (Int(digit) - 0x30) % 7 != record.level
                || !record.text.utf8.allSatisfy { $0 == digit }
        }
        #expect(torn == nil)
        return records.count
    }

    @Test("eight threads take off and land, and nobody stays behind")
    func flights() async throws {
        let writer = BlackBoxWriter(try BlackBoxMemory())
        await onThreads(8) { thread in
            for number in 0..<10_000 {
                guard var flight = writer.takeOff(.frame, id: "\(thread)-\(number)", bytes: number, fingerprint: UInt64(thread)) else {
                    continue
                }
                if number % 3 == 0 { writer.answering(&flight) }
                writer.land(flight)
            }
        }
        let reader = try #require(BlackBoxReader(writer.memory.copy()))
        #expect(reader.inFlight.isEmpty && !reader.counters.contains { $0.name == "inputs.unlisted" })
    }

    @Test("heartbeats are asked for until somebody is stuck, and then stand still without piling up")
    func pulse() async throws {
        let writer = BlackBoxWriter(try BlackBoxMemory())
        let pulse = Pulse(writer)
        let stuck = Mutex<[@Sendable () -> Void]>([])
        let queue = DispatchQueue(label: "well")
        pulse.watch("well") { errand in queue.async(execute: errand) }
        pulse.watch("stuck") { errand in stuck.withLock { $0.append(errand) } }
        pulse.begin()
        func beats(_ name: String) -> UInt64 { writer.memory.vitals()?.heartbeats.first { $0.name == name }?.beats ?? 0 }
        let deadline = ContinuousClock.now + .seconds(60)
        while beats("well") < 4, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(20)) }
        #expect(beats("well") >= 4 && beats("pulse") >= 4 && beats("stuck") == 0)
        #expect(stuck.withLock { $0.count } == 1)
        // Once it comes to its errand, it's asked again.
        for errand in stuck.withLock({ $0 }) { errand() }
        #expect(beats("stuck") == 1)
        while stuck.withLock({ $0.count }) < 2, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(20)) }
        #expect(stuck.withLock { $0.count } == 2)
        pulse.end()
        #expect(writer.memory.vitals()?.heartbeats.isEmpty == true)
    }

    private func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            for thread in 0..<count {
                group.addTask {
                    await withCheckedContinuation { continuation in
                        Thread.detachNewThread {
                            body(thread)
                            continuation.resume()
                        }
                    }
                }
            }
        }
    }
}
