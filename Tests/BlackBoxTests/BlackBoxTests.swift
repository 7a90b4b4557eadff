import Foundation
import Testing
import TestSupport

@testable import BlackBox

@Suite("The black box")
struct BlackBoxTests {
    private let writer: BlackBoxWriter

    init() throws {
        writer = BlackBoxWriter(try BlackBoxMemory())
    }

    private var reader: BlackBoxReader {
        get throws { try #require(BlackBoxReader(writer.memory.copy())) }
    }

    @Test("knows the process, the build and when it began")
    func head() throws {
        writer.setBuild("0.1.0 (95b9d9e)")
        let reader = try reader
        #expect(reader.process == getpid() && reader.build == "0.1.0 (95b9d9e)")
        #expect(abs(reader.startedAt - Moment.wall) < 10_000 && abs(reader.bootedAt - (Moment.wall - Moment.steady)) < 1_000)
    }

    @Test("stages have the numbers that evidence is kept under")
    func stages() throws {
        #expect(
            StartStage.allCases.map(\.name) == [
                "fingerprint", "configuration", "secrets", "ports", "storage", "migrations", "warm", "listen", "ready", "background",
            ])
        #expect(StartStage.allCases.map(\.rawValue) == Array(0...9))
        #expect(try reader.stage == nil)
        writer.enter(.migrations)
        let stage = try #require(try reader.stage)
        #expect(stage.number == 5 && stage.name == "migrations" && abs(stage.since - Moment.wall) < 1_000)
    }

    @Test("keeps the signal that ended it, not a later one that didn't")
    func signals() throws {
        #expect(try reader.signal == nil)
        writer.noteSignal(number: SIGUSR1, code: 0, sender: 1, user: 2, command: "first")
        #expect(try reader.signal?.command == "first")
        writer.noteSignal(number: SIGTERM, code: 0, sender: 4_711, user: 33, command: String(repeating: "客", count: 100))
        writer.noteSignal(number: SIGHUP, code: 0, sender: 5, user: 5, command: "late")
        let signal = try #require(try reader.signal)
        #expect(signal.number == SIGTERM && signal.sender == 4_711 && signal.user == 33 && signal.code == 0)
        // 256 bytes hold 85 of these; none is cut in two.
        #expect(signal.command == String(repeating: "客", count: 85))
    }

    @Test("heartbeats have a name, a count, a time and a thread; who may stand still is not expected to beat")
    func heartbeats() throws {
        let loop = try #require(writer.beatSlot("loop 0"))
        let pool = try #require(writer.beatSlot("a name that is too long for its place"))
        writer.beat(loop)
        writer.beat(loop)
        var beats = try reader.heartbeats
        #expect(beats.map(\.name) == ["loop 0", "a name that is too long "] && beats.map(\.beats) == [2, 0])
        #expect(beats[0].thread > 0 && beats[1].thread == 0 && abs(beats[0].last - Moment.steady) < 1_000)
        writer.retire(loop)
        beats = try reader.heartbeats
        #expect(beats.map(\.name) == ["a name that is too long "])
        #expect(writer.memory.vitals()?.heartbeats == beats)
        withExtendedLifetime(pool) {}
    }

    @Test("there are 64 places for heartbeats, and one that is given back is taken again")
    func beatSlots() throws {
        let slots = (0..<64).compactMap { writer.beatSlot("\($0)") }
        #expect(slots.count == 64 && writer.beatSlot("one more") == nil)
        writer.retire(slots[17])
        #expect(writer.beatSlot("again") != nil)
        #expect(try reader.heartbeats.map(\.name).contains("again"))
    }

    @Test("inputs are listed while they are handled")
    func flights() throws {
        var relay = try #require(writer.takeOff(.relay, id: "01KCABCDEFGHJKMNPQRSTVWXYZ", bytes: 90_000, fingerprint: 7))
        let frame = try #require(writer.takeOff(.frame, id: "abc", bytes: 12, fingerprint: 9))
        writer.answering(&relay)
        var inFlight = try reader.inFlight
        #expect(Set(inFlight.map(\.kind)) == [.relay, .frame])
        let listed = try #require(inFlight.first { $0.kind == .relay })
        #expect(listed.id == "01KCABCDEFGHJKMNPQRSTVWXYZ" && listed.bytes == 90_000 && listed.fingerprint == 7 && listed.isAnswered)
        #expect(inFlight.first { $0.kind == .frame }?.isAnswered == false && listed.thread > 0)
        writer.land(relay)
        writer.land(relay)
        inFlight = try reader.inFlight
        #expect(inFlight.map(\.id) == ["abc"])
        writer.land(frame)
        #expect(try reader.inFlight.isEmpty)
    }

    @Test("an old copy of a flight ends nobody else's")
    func staleFlight() throws {
        let flights = (0..<1_024).compactMap { writer.takeOff(.chore, id: "\($0)") }
        #expect(flights.count == 1_024)
        #expect(writer.takeOff(.chore, id: "one too many") == nil)
        #expect(try reader.counters.contains { $0.name == "inputs.unlisted" && $0.value == 1 })
        writer.land(flights[500])
        var found: Flight?
        for _ in 0..<1_024 where found == nil { found = writer.takeOff(.request, id: "newcomer") }
        let newcomer = try #require(found)
        writer.land(flights[500])
        #expect(try reader.inFlight.contains { $0.id == "newcomer" })
        writer.land(newcomer)
        #expect(try reader.inFlight.count == 1_023)
    }

    @Test("counters are named once they count")
    func counters() throws {
        #expect(try reader.counters.isEmpty)
        writer.add(3, to: .frames)
        writer.add(4, to: .frames)
        let counters = try reader.counters
        #expect(counters.count == 1 && counters[0].name == "inputs.frames" && counters[0].value == 7)
    }

    @Test("the last 4,096 records are kept, in order, cut at the border of a scalar")
    func ring() throws {
        for number in 0..<5_000 {
            writer.record(level: UInt8(number % 7), at: Int64(number)) { text in
                text.append("record \(number)")
                if number == 4_999 { text.append(String(repeating: "客", count: 300)) }
                text.append(UInt8(ascii: "!"))
            }
        }
        let records = try reader.records()
        #expect(records.count == 4_096 && records.map(\.sequence) == Array(904..<5_000))
        #expect(records.allSatisfy { $0.level == Int($0.sequence % 7) && $0.at == Int64($0.sequence) && $0.thread > 0 })
        #expect(records.dropLast().allSatisfy { $0.text == "record \($0.sequence)!" })
        let last = try #require(records.last?.text)
        // 11 bytes and 124 characters of three: what does not fit whole is left out, and nothing comes after the cut.
        #expect(last == "record 4999" + String(repeating: "客", count: 124))
        #expect(try reader.records(newest: 2).map(\.sequence) == [4_998, 4_999])
        #expect(try reader.records(newest: -1).isEmpty)
    }

    @Test("what would steer a terminal does not come out")
    func controlCharacters() throws {
        writer.record(level: 2, at: 0) { $0.append("a\u{1B}[31m\nb\u{202E}c客") }
        #expect(try reader.records().first?.text == "a\u{FFFD}[31m\u{FFFD}b\u{FFFD}c客")
    }

    @Test("a half-written record is left out, wherever the writing stopped")
    func tornRecords() throws {
        for number in 0..<3 { writer.record(level: 2, at: 0) { $0.append("record \(number)") } }
        let whole = writer.memory.copy()
        let slot = Layout.Ring.offset + Layout.Ring.size
        // Begun: the mark is set, the old text is still there.
        var bytes = whole
        bytes[slot + 7] |= 0x80
        #expect(try #require(BlackBoxReader(bytes)).records().map(\.sequence) == [0, 2])
        // Copied while it was overwritten: mark and seal are of different records.
        bytes = whole
        bytes[slot + Layout.Ring.seal] ^= 0xFF
        #expect(try #require(BlackBoxReader(bytes)).records().map(\.sequence) == [0, 2])
        // A mark that belongs into another slot, and a length that no record has.
        bytes = whole
        bytes.replaceSubrange(slot..<slot + Layout.Ring.size, with: bytes[Layout.Ring.offset..<Layout.Ring.offset + Layout.Ring.size])
        #expect(try #require(BlackBoxReader(bytes)).records().map(\.sequence) == [0, 2])
        bytes = whole
        bytes[slot + Layout.Ring.facts + 2] = 0xFF
        #expect(try #require(BlackBoxReader(bytes)).records().map(\.sequence) == [0, 2])
    }

    @Test("a box that is taken over is empty")
    func takenOver() throws {
        writer.enter(.ready)
        writer.record(level: 2, at: 0) { $0.append("of the first worker") }
        _ = writer.takeOff(.request, id: "x")
        let second = BlackBoxWriter(writer.memory)
        let reader = try #require(BlackBoxReader(second.memory.copy()))
        #expect(reader.stage == nil && reader.records().isEmpty && reader.inFlight.isEmpty)
    }

    @Test("what is no box of this version is none, and a part of one tells what it has")
    func refused() throws {
        #expect(BlackBoxReader([]) == nil)
        #expect(BlackBoxReader([UInt8](repeating: 0, count: Layout.size)) == nil)
        var bytes = writer.memory.copy()
        #expect(BlackBoxReader(Array(bytes.prefix(Layout.vitals - 1))) == nil)
        _ = writer.takeOff(.request, id: "x")
        #expect(try #require(BlackBoxReader(Array(writer.memory.copy().prefix(Layout.vitals)))).inFlight.isEmpty)
        bytes[Layout.Head.version] = 99
        #expect(BlackBoxReader(bytes) == nil)
    }

    @Test("a descriptor that holds no box is refused")
    func badDescriptors() throws {
        #expect(throws: BlackBoxError.unusable) { try BlackBoxMemory(descriptor: -1) }
        let file = open("/dev/null", O_RDWR)
        defer { close(file) }
        #expect(throws: BlackBoxError.unusable) { try BlackBoxMemory(descriptor: file) }
    }

    @Test("whatever bytes it is given, it reads without a fault: 100,000 boxes")
    func hostileBytes() throws {
        var bytes = writer.memory.copy()
        for seed in 0..<100_000 {
            var random = SeededRandom(seed: UInt64(seed))
            let place = Place.allCases[seed % Place.allCases.count]
            let slot = Int.random(in: 0..<place.slots, using: &random)
            for word in stride(from: place.offset + slot * place.size, to: place.offset + (slot + 1) * place.size, by: 8) {
                bytes.withUnsafeMutableBytes { $0.storeBytes(of: random.next(), toByteOffset: word, as: UInt64.self) }
            }
            // Half of them look whole, so that what is behind the marks is read.
            if seed / Place.allCases.count % 2 == 0 { place.makeWhole(slot, in: &bytes, seed: seed) }
            let reader = try #require(BlackBoxReader(bytes))
            place.read(slot, of: reader)
        }
        let reader = try #require(BlackBoxReader(bytes))
        #expect(!reader.records().isEmpty && !reader.inFlight.isEmpty && !reader.heartbeats.isEmpty)
    }

    /// What is attacked.
    private enum Place: CaseIterable {
        case stage, signal, heartbeat, counter, flight, record

        var offset: Int {
            switch self {
            case .stage: Layout.Stage.sequence
            case .signal: Layout.Signal.sequence
            case .heartbeat: Layout.Beat.offset
            case .counter: Layout.Count.offset
            case .flight: Layout.Flight.offset
            case .record: Layout.Ring.offset
            }
        }

        var size: Int {
            switch self {
            case .stage: 64
            case .signal: 304
            case .heartbeat, .counter, .flight: 64
            case .record: Layout.Ring.size
            }
        }

        var slots: Int {
            switch self {
            case .stage, .signal: 1
            case .heartbeat, .counter: 64
            case .flight: 1_024
            case .record: 4_096
            }
        }

        func makeWhole(_ slot: Int, in bytes: inout [UInt8], seed: Int) {
            let start = offset + slot * size
            func put(_ value: UInt64, _ place: Int) {
                bytes.withUnsafeMutableBytes { $0.storeBytes(of: value, toByteOffset: start + place, as: UInt64.self) }
            }
            switch self {
            case .stage, .signal: put(2, 0)
            case .heartbeat: put(BeatState.alive, 0)
            case .counter: put(1, 0)
            case .flight: put(2 | UInt64(1 + seed / 12 % 5) << 8, 0)
            case .record:
                put(UInt64(slot + 1), Layout.Ring.sequence)
                put(UInt64(slot + 1), Layout.Ring.seal)
                put(UInt64(seed % 256) | UInt64(seed / 12 % 500) << 8, Layout.Ring.facts)
            }
        }

        func read(_ slot: Int, of reader: BlackBoxReader) {
            switch self {
            case .stage: _ = reader.stage
            case .signal: _ = reader.signal
            case .heartbeat: _ = reader.heartbeat(slot: slot)
            case .counter: _ = reader.counter(slot: slot)
            case .flight: _ = reader.input(slot: slot)
            case .record: _ = reader.record(slot: slot)
            }
        }
    }
}
