import Routing
import TestSupport
import Testing
import Vocabulary

@testable import Gateway

/// The bytes of the journal: what is written is read, and nothing else is.
@Suite struct JournalRecordTests {
    @Test("The hash is XXH64: its published examples")
    func hash() {
        let hash = { (text: String) in Array(text.utf8).withUnsafeBytes { XXH64.hash($0) } }
        #expect(hash("") == 0xEF46_DB37_51D8_E999)
        #expect(hash("a") == 0xD24E_C4F1_A98C_6E5B)
        #expect(hash("abc") == 0x44BC_2CF5_AD77_0999)
        #expect(hash("Nobody inspects the spammish repetition") == 0xFBCE_A83C_8A37_8BF1)
    }

    @Test("Every kind of record is read as it was written", arguments: 1...200)
    func roundTrip(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        for record in Self.records(using: &random) {
            let bytes = Self.bytes(of: record)
            let read = try bytes.withUnsafeBytes { try LedgerRecord(kind: record.kind, payload: $0) }
            #expect(read == record)
        }
    }

    @Test("A try that an earlier release wrote, without why its node was chosen, is read all the same")
    func earlier() throws {
        let (id, node, time) = (ULID.make(at: ManualClock().now()), NodeID.make(at: ManualClock().now()), ManualClock().now())
        for reason in [PickReason?.none] + PickReason.allCases {
            let attempt = AttemptOpening(number: 2, node: node, mappedModel: "m", reason: reason)
            let bytes = Self.bytes(of: .attemptOpened(id, attempt, at: time))
            #expect(try bytes.withUnsafeBytes { try LedgerRecord(kind: 7, payload: $0) } == .attemptOpened(id, attempt, at: time))
            let old = try bytes.dropLast().withUnsafeBytes { try LedgerRecord(kind: 2, payload: $0) }
            #expect(old == .attemptOpened(id, AttemptOpening(number: 2, node: node, mappedModel: "m"), at: time))
            let text = AttemptTextBytes.of(attempt, at: time)
            #expect(AttemptText.read(text, model: "m").map(\.opening) == [attempt], "\(text)")
        }
    }

    @Test("Texts are cut between characters of UTF-8, at the limit of each")
    func cut() throws {
        let long = String(repeating: "客", count: 400)
        let opening = RequestOpening(
            id: .make(at: ManualClock().now()), workspace: .make(at: ManualClock().now()), key: nil, operation: long, model: "a" + long,
            client: ClientFacts(agent: long, address: long, session: long))
        let bytes = Self.bytes(of: .opened(opening))
        guard case .opened(let read) = try bytes.withUnsafeBytes({ try LedgerRecord(kind: 1, payload: $0) }) else {
            Issue.record("another kind")
            return
        }
        #expect(read.operation == String(repeating: "客", count: 10))
        #expect(read.model == "a" + String(repeating: "客", count: 42))
        #expect(read.client.session == String(repeating: "客", count: 26))
        #expect(bytes.count < JournalFrame.longestPayload)
    }

    @Test("The records of one request at their longest fit into the room that is kept for it")
    func reserve() {
        let long = String(repeating: "x", count: 400)
        let (id, node, time) = (ULID.make(at: ManualClock().now()), NodeID.make(at: ManualClock().now()), ManualClock().now())
        let opening = RequestOpening(
            id: id, workspace: .init(id), key: .init(id), operation: long, model: long,
            client: ClientFacts(agent: long, address: long, session: long))
        let attempt = AttemptOpening(number: 3, node: node, mappedModel: long)
        let ending = AttemptEnding(number: 3, certainty: .started, outcome: long, httpStatus: 529, milliseconds: 1)
        let closing = RequestClosing(
            status: .failed, httpStatus: 200, code: long, attempts: 3, firstByteMilliseconds: 1, durationMilliseconds: 1,
            usage: PricedTokens(input: 1), node: node, mappedModel: long, geo: long)
        let tries = [LedgerRecord.attemptOpened(id, attempt, at: time), .attemptEnded(id, ending)]
        let life = [.opened(opening)] + tries + tries + tries + [.closed(id, closing)]
        let size = life.reduce(0) { $0 + JournalFrame.size(of: Self.bytes(of: $1).count) }
        #expect(size <= LedgerJournal.reserve)
    }

    @Test("Whatever the bytes are, reading a record answers or refuses", arguments: 1...20)
    func garbage(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        var read = 0
        for _ in 0..<2_000 {
            let bytes = (0..<Int.random(in: 0...300, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
            for kind in UInt8(0)...8 {
                if (try? bytes.withUnsafeBytes { try LedgerRecord(kind: kind, payload: $0) }) != nil { read += 1 }
            }
            for offset in [0, 1, 8, -8, Int.max - 4] {
                if case .record = bytes.withUnsafeBytes({ JournalFrame.find(at: offset, in: $0, salt: 7) }) {
                    Issue.record("a record of noise")
                }
            }
        }
        #expect(read < 20)
    }

    @Test("A record with one bit turned is none", arguments: 0..<(24 + 40) * 8)
    func bit(place: Int) {
        let payload = Array("the quick brown fox jumps over the dog..".utf8)
        #expect(payload.count == 40)
        var bytes = [UInt8](repeating: 0, count: 64)
        let frame = JournalFrame(kind: 3, sequence: 9, length: 40)
        bytes.withUnsafeMutableBytes { room in
            payload.withUnsafeBytes { frame.write($0, hash: XXH64.hash($0), salt: 5, to: room) }
        }
        #expect(bytes.withUnsafeBytes { JournalFrame.find(at: 0, in: $0, salt: 5) } == .record(frame))
        #expect(bytes.withUnsafeBytes { JournalFrame.find(at: 0, in: $0, salt: 6) } == .garbage)
        bytes[place / 8] ^= 1 << (place % 8)
        let found = bytes.withUnsafeBytes { JournalFrame.find(at: 0, in: $0, salt: 5) }
        #expect(found == .garbage || found == .incomplete)
    }

    static func bytes(of record: LedgerRecord) -> [UInt8] {
        withUnsafeTemporaryAllocation(byteCount: 2_000, alignment: 8) { room in
            var writer = JournalWriter(room)
            writer.put(record)
            return Array(writer.written)
        }
    }

    /// One of each kind, at random.
    static func records(using random: inout SeededRandom) -> [LedgerRecord] {
        func id() -> ULID {
            ULID(time: Timestamp(milliseconds: .random(in: 0..<1 << 48, using: &random)), randomness: (random.next16(), random.next()))
        }
        func text(_ limit: Int) -> String { String(Samples.text(seed: random.next(), length: 30).prefix { _ in true }).clippedBytes(limit) }
        func maybe<Value>(_ value: Value) -> Value? { Bool.random(using: &random) ? value : nil }
        func number() -> Int64 { .random(in: 0...1_000_000, using: &random) }
        let client = ClientFacts(agent: text(120), address: text(46), session: maybe(text(80)))
        let opening = RequestOpening(
            id: id(), workspace: .init(id()), key: maybe(.init(id())), operation: text(32), model: text(128),
            isStream: .random(using: &random), client: client)
        let usage = PricedTokens(
            input: number(), cacheRead: number(), cacheWrite5m: number(), cacheWrite1h: number(), output: number(), webSearches: number())
        let closing = RequestClosing(
            status: RequestStatus.allCases.filter { $0 != .open }.randomElement(using: &random) ?? .failed, httpStatus: maybe(429),
            code: maybe(text(64)), attempts: 3, firstByteMilliseconds: maybe(number()), durationMilliseconds: number(), usage: maybe(usage),
            flags: RequestFlags(rawValue: Int(number())), node: maybe(.init(id())), mappedModel: maybe(text(128)), geo: maybe(text(16)))
        let ending = AttemptEnding(
            number: 2, certainty: AttemptCertainty.allCases.randomElement(using: &random) ?? .started, outcome: text(64),
            httpStatus: maybe(529), milliseconds: number(), isChargeSuspected: .random(using: &random), isNodeFault: .random(using: &random)
        )
        return [
            .opened(opening),
            .attemptOpened(
                id(), AttemptOpening(number: 1, node: .init(id()), mappedModel: text(128)), at: Timestamp(milliseconds: number())),
            .attemptEnded(id(), ending), .closed(id(), closing),
            .refused(
                RequestRefusal(
                    id: id(), workspace: maybe(.init(id())), key: maybe(.init(id())), operation: text(32), model: text(128),
                    httpStatus: 401,
                    code: text(64), client: client)),
            .refusals(
                RefusalCount(
                    workspace: maybe(id()), key: maybe(id()), code: text(64), minute: Timestamp(milliseconds: number()), count: number())),
        ]
    }
}

extension SeededRandom {
    fileprivate mutating func next16() -> UInt16 { UInt16(truncatingIfNeeded: next()) }
}

extension String {
    /// As many scalars as fit into `limit` bytes.
    fileprivate func clippedBytes(_ limit: Int) -> String {
        var kept = UnicodeScalarView()
        var size = 0
        for scalar in unicodeScalars {
            size += UTF8.width(scalar)
            if size > limit { break }
            kept.append(scalar)
        }
        return String(kept)
    }
}

/// A try that runs, as its row keeps it.
private enum AttemptTextBytes {
    static func of(_ attempt: AttemptOpening, at time: Timestamp) -> String {
        let opening = RequestOpening(id: .make(at: time), workspace: .make(at: time), key: nil, operation: "messages", model: "m")
        var bytes: [UInt8] = []
        AttemptText.write([OpenAttempt(opening: attempt, at: time)], of: opening, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
