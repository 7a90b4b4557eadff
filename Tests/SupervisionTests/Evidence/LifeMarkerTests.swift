import Glibc
import Host
import TestSupport
import Testing

@testable import Supervision

/// The file that tells of a life nobody saw end.
struct LifeMarkerTests {
    let directory: TemporaryDirectory
    var marker: LifeMarker { LifeMarker(crashes: directory.path) }

    init() throws {
        directory = try TemporaryDirectory()
    }

    private static func life(worker: Int32 = getpid(), ticks: UInt64? = nil) -> LifeMarker.Life {
        LifeMarker.Life(
            supervisor: 1, supervisorTicks: 7, worker: worker, workerTicks: ticks ?? ProcessFacts.read(worker)?.startTicks ?? 0,
            startedAt: 1_000, lastSign: 61_000, boot: "a-b", build: "0.1.0 (c0ffee)", stage: "9 background")
    }

    @Test("reads what it wrote, and nothing of what it did not")
    func roundTrip() throws {
        #expect(marker.read() == nil)
        marker.write(Self.life())
        #expect(marker.read() == Self.life())
        #expect(try directory.mode(of: "life") == 0o600)
        marker.remove()
        #expect(marker.read() == nil)
    }

    @Test(
        "is total over any bytes",
        arguments: [
            "", "supervisor", "supervisor 0\nworker 1\nboot_id x", "supervisor 1\nworker -1\nboot_id x", "supervisor 1\nworker 2", "\u{0}",
        ])
    func noise(text: String) {
        #expect(LifeMarker.Life(text) == nil)
    }

    @Test("survives random bytes")
    func fuzz() {
        var dice = SystemRandomNumberGenerator()
        for _ in 0..<5_000 {
            let bytes = (0..<Int.random(in: 0..<80, using: &dice)).map { _ in UInt8.random(in: 0...255, using: &dice) }
            _ = LifeMarker.Life("supervisor 1\nworker 2\nboot_id " + String(decoding: bytes, as: UTF8.self))
        }
    }

    @Test("a process is the one it names only with its start: numbers come again")
    func identity() {
        #expect(Self.life().isWorkerAlive && !Self.life(ticks: 1).isWorkerAlive && !Self.life().isGoingOn)
    }

    @Test("a worker that outlives its supervisor says so of itself alone")
    func orphan() {
        marker.write(Self.life())
        marker.noteOrphan()
        #expect(marker.read()?.isOrphaned == true)
        marker.write(Self.life(worker: getpid() + 1, ticks: 1))
        marker.noteOrphan()
        #expect(marker.read()?.isOrphaned == false)
    }

    @Test("the facts of an end that nobody saw: the last sign is its moment")
    func facts() {
        let text = Self.life(worker: 999_999_9, ticks: 1).facts(now: 500_000).text
        let lines = Set(text.split(separator: "\n").map(String.init))
        #expect(
            lines.isSuperset(of: ["kind vanished", "ended_ms 61000", "uptime_ms 60000", "boot_id a-b", "stage 9 background"]), "\(text)")
        #expect(!text.contains("survived"))
        #expect(Self.life().facts(now: 1).text.contains("survived 1\n"))
    }
}
