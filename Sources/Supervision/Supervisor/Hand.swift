import BlackBox
import CLinux
import Glibc
import Host

/// A worker's process with what belongs to it.
final class Hand {
    let process: Int32
    let role: Member.Role
    /// What it was started from.
    let program: Program
    let channel: Channel
    /// Nil where the system gave no memory for it.
    let box: BlackBoxMemory?
    let startedAt = Clock.wall
    let startedSteady = Clock.now
    let oomKillsBefore: Int?
    var isLineOpen = true
    var watch = VitalWatch()
    /// Its line in the log was said once.
    var hasContinued = false
    /// KiB of address space when it was last looked at; 0 where nothing limits it.
    var addressSpace: Int64 = 0
    var end: End?
    /// Where its evidence is.
    var folder: String?

    /// How it ended.
    struct End {
        let status: WorkerEnd
        let waitStatus: Int32
        let use: ResourceUse
        let at: Int64
    }

    init(process: Int32, role: Member.Role, program: Program, channel: Channel, box: BlackBoxMemory?) {
        self.process = process
        self.role = role
        self.program = program
        self.channel = channel
        self.box = box
        oomKillsBefore = CgroupMemory.read()?.oomKills
    }

    /// Memory that outlives the worker: its descriptor, for the worker, and ours to it.
    static func makeBox() -> (descriptor: Int32, memory: BlackBoxMemory)? {
        let descriptor = clinux_memfd("switchboard-blackbox")
        guard descriptor >= 0 else { return nil }
        guard ftruncate(descriptor, Layout.size) == 0, let memory = try? BlackBoxMemory(descriptor: descriptor) else {
            close(descriptor)
            return nil
        }
        return (descriptor, memory)
    }

    /// What has to give signs of life in it.
    var signs: [VitalSign] {
        box?.vitals()?.heartbeats.map { VitalSign(name: $0.name, lastBeat: $0.last, thread: $0.thread) } ?? []
    }

    /// Optional parts that were at work, the one that began last first.
    var parts: [OptionalPart] {
        guard let box, let reader = BlackBoxReader(box.copy()) else { return [] }
        return reader.inFlight.reversed().filter { $0.kind == .chore }.compactMap { OptionalPart(flightID: $0.id) }
    }

    /// Inputs that it was busy with, for the search for one that kills.
    var underWay: [UInt64] {
        guard let box, let reader = BlackBoxReader(box.copy()) else { return [] }
        return reader.inFlight.filter { !$0.isAnswered && $0.fingerprint != 0 }.map(\.fingerprint)
    }
}
