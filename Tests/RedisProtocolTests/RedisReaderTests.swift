import NIOCore
import RedisProtocol
import TestSupport
import Testing

@Suite("The reader of answers")
struct RedisReaderTests {
    private static func bytes(_ text: String) -> RedisValue { .bytes(ByteBuffer(string: text)) }

    /// Reads all of `text`, given in pieces that end at `cuts`.
    private static func read(
        _ bytes: some Collection<UInt8>, piece: Int = .max, limits: RedisSyntaxLimits = RedisSyntaxLimits()
    ) throws -> [RedisValue] {
        var reader = RedisReader(limits: limits)
        var buffer = ByteBuffer()
        var values: [RedisValue] = []
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            buffer.writeBytes(rest.prefix(piece))
            rest = rest.dropFirst(piece)
            while let value = try reader.next(&buffer) { values.append(value) }
        }
        return values
    }

    private static let all: [(String, RedisValue)] = [
        ("+OK\r\n", .text("OK")), ("-ERR no\r\n", .error("ERR no")), (":-12\r\n", .integer(-12)),
        (":9223372036854775807\r\n", .integer(.max)),
        ("$0\r\n\r\n", bytes("")), ("$7\r\n客服\n\r\n", bytes("客服\n")), ("$-1\r\n", .null), ("*-1\r\n", .null), ("_\r\n", .null),
        ("*0\r\n", .array([])), ("*2\r\n:1\r\n*1\r\n+a\r\n", .array([.integer(1), .array([.text("a")])])),
        ("~1\r\n#t\r\n", .array([.boolean(true)])),
        ("%1\r\n+k\r\n#f\r\n", .map([.text("k"), .boolean(false)])), ("%0\r\n", .map([])), (",1.5\r\n", .double(1.5)),
        (",-inf\r\n", .double(-.infinity)),
        ("(3492890328409238509324850943850943825024385\r\n", .text("3492890328409238509324850943850943825024385")),
        ("!9\r\nERR a\r\nbc\r\n", .error("ERR a\r\nbc")), ("=5\r\ntxt:x\r\n", bytes("x")),
        (">3\r\n$7\r\nmessage\r\n+c\r\n$1\r\nx\r\n", .push([bytes("message"), .text("c"), bytes("x")])),
        ("|1\r\n+ttl\r\n:3\r\n+value\r\n", .text("value")), ("*2\r\n|1\r\n+a\r\n:1\r\n:2\r\n:3\r\n", .array([.integer(2), .integer(3)])),
        ("|0\r\n+x\r\n", .text("x")),
    ]

    @Test("each type of both revisions is read, in one piece and byte by byte", arguments: [Int.max, 1, 2, 3])
    func types(piece: Int) throws {
        for (text, value) in Self.all { #expect(try Self.read(text.utf8, piece: piece) == [value], "\(text)") }
        let together = Self.all.map(\.0).joined()
        #expect(try Self.read(together.utf8, piece: piece) == Self.all.map(\.1))
    }

    @Test(
        "what is no answer is refused by name",
        arguments: [
            ("HTTP/1.1 400\r\n", RedisSyntaxError.unknownType(0x48)), ("\r\n", .unknownType(0)), (":1x\r\n", .badNumber),
            (":\r\n", .badNumber),
            (":9223372036854775808\r\n", .badNumber), ("$-2\r\n", .badNumber), ("*-7\r\n", .badNumber),
            ("$9223372036854775807\r\n", .tooLong),
            ("*9223372036854775807\r\n", .tooManyElements), ("%9223372036854775807\r\n", .tooManyElements), ("#x\r\n", .badBoolean),
            (",one\r\n", .badNumber), ("+OK\n", .missingLineEnd), ("$1\r\nxyz", .missingLineEnd), ("=3\r\nabc\r\n", .misplaced),
            ("*1\r\n>1\r\n+x\r\n", .misplaced),
        ])
    func refusals(text: String, error: RedisSyntaxError) {
        #expect(throws: error) { try Self.read(text.utf8) }
        #expect(throws: error) { try Self.read(text.utf8, piece: 1) }
    }

    @Test("lists are read to the depth that is allowed, and no deeper")
    func depth() throws {
        var limits = RedisSyntaxLimits()
        limits.depth = 3
        #expect(try Self.read("*1\r\n*1\r\n*1\r\n:1\r\n".utf8, limits: limits) == [.array([.array([.array([.integer(1)])])])])
        #expect(throws: RedisSyntaxError.tooDeep) { try Self.read("*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n".utf8, limits: limits) }
        #expect(throws: RedisSyntaxError.tooDeep) { try Self.read(String(repeating: "*1\r\n", count: 100_000).utf8) }
    }

    @Test("elements and bytes are counted over all lists of an answer, and anew for the next")
    func counts() throws {
        var limits = RedisSyntaxLimits()
        limits.elements = 4
        let four = "*2\r\n*1\r\n:1\r\n*1\r\n:2\r\n"
        #expect(try Self.read((four + four).utf8, limits: limits).count == 2)
        #expect(throws: RedisSyntaxError.tooManyElements) { try Self.read("*2\r\n*1\r\n:1\r\n*2\r\n:2\r\n:2\r\n".utf8, limits: limits) }
        limits.bytes = 20
        #expect(try Self.read("$10\r\n0123456789\r\n$10\r\n0123456789\r\n".utf8, limits: limits).count == 2)
        #expect(throws: RedisSyntaxError.tooLong) { try Self.read("*2\r\n$8\r\n01234567\r\n$8\r\n01234567\r\n".utf8, limits: limits) }
        #expect(throws: RedisSyntaxError.tooLong) { try Self.read("$21\r\n".utf8, limits: limits) }
    }

    @Test("a line that never ends is refused as soon as it is too long")
    func longLine() throws {
        var limits = RedisSyntaxLimits()
        limits.line = 16
        #expect(throws: RedisSyntaxError.tooLong) { try Self.read(("+" + String(repeating: "x", count: 17)).utf8, limits: limits) }
        #expect(try Self.read("+123456789012345\r\n".utf8, limits: limits) == [.text("123456789012345")])
    }

    @Test("random bytes and changed answers end in values or errors, the same however they are cut", arguments: UInt64(0)..<8)
    func fuzz(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let alphabet = Array("+-:$*%~>|!=,(#_0123456789\r\n\r\nOKtf".utf8)
        for _ in 0..<300 {
            var bytes: [UInt8]
            if Bool.random(using: &random) {
                bytes = Array((0..<6).compactMap { _ in Self.all.randomElement(using: &random)?.0 }.joined().utf8)
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    let place = Int.random(in: 0..<bytes.count, using: &random)
                    switch Int.random(in: 0..<3, using: &random) {
                    case 0: bytes[place] = alphabet.randomElement(using: &random) ?? 0
                    case 1: bytes.remove(at: place)
                    default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
                    }
                }
            } else {
                bytes = (0..<60).compactMap { _ in alphabet.randomElement(using: &random) }
            }
            let whole = Result { try Self.read(bytes) }
            let pieces = Result { try Self.read(bytes, piece: 1) }
            switch (whole, pieces) {
            // NaN is not equal to itself.
            case (.success(let whole), .success(let pieces)): #expect("\(whole)" == "\(pieces)")
            case (.failure(let whole), .failure(let pieces)): #expect("\(whole)" == "\(pieces)")
            default: Issue.record("\(String(decoding: bytes, as: UTF8.self)): \(whole), byte by byte \(pieces)")
            }
        }
    }

    @Test("arguments stay arguments, whatever is in them")
    func commands() throws {
        var buffer = ByteBuffer()
        RedisCommand("SET", "a b\r\n", "客").write(to: &buffer)
        #expect(String(buffer: buffer) == "*3\r\n$3\r\nSET\r\n$5\r\na b\r\n\r\n$3\r\n客\r\n")
    }
}
