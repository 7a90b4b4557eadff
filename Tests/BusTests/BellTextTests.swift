import Bus
import TestSupport
import Testing
import Vocabulary

@Suite("The text of a bell")
struct BellTextTests {
    static func id<Subject>(_ number: Int64) -> Identifier<Subject> {
        Identifier(ULID(time: Timestamp(milliseconds: number), randomness: (7, UInt64(number))))
    }

    static func typing(by person: Bell.Person = .member(id(3)), name: String) -> Bell.Typing {
        Bell.Typing(conversation: id(1), customer: id(2), by: person, name: name, isOn: true, connection: "c 17%20")
    }

    /// At least one of each word.
    static let samples: [Bell] = [
        .sessionEnded(id(1)), .memberChanged(id(2)), .shopClosed(id(3)), .feedMoved(id(4), .max), .feedMoved(id(4), -1),
        .receiptMoved(id(5), 6), .typing(typing(by: .customer(id(6)), name: "Kim")), .typing(typing(by: .system, name: "")),
        .typing(typing(name: "Ada")), .typing(typing(name: "")), .typing(typing(name: "100 %20 " + Samples.emoji)),
        .typing(typing(name: " \u{301}\u{0}\n" + Samples.hostile)), .presenceChanged(id(7)), .keysChanged(id(8)), .nodesChanged,
        .standingsChanged, .pricesChanged, .settingsChanged, .budgetMoved, .lookAgain,
    ]

    @Test("every bell reads as it was written", arguments: samples)
    func roundTrip(bell: Bell) {
        #expect(Bell(text: bell.text) == bell)
    }

    @Test("every word is among the samples, and each names itself first")
    func allWords() {
        let words = Set(Self.samples.compactMap { $0.text.split(separator: " ").first.flatMap { Bell.Word(rawValue: String($0)) } })
        #expect(words == Set(Bell.Word.allCases))
    }

    @Test(
        "what no instance says is no bell",
        arguments: [
            "", " ", "unheard-of", "session-ended", "session-ended ", "session-ended x",
            "feed-moved \(ULID.make(at: Timestamp(milliseconds: 1)))",
            "feed-moved 01ARZ3NDEKTSV4RRFFQ69G5FAV 1e3", "feed-moved 01ARZ3NDEKTSV4RRFFQ69G5FAV 9223372036854775808",
            "receipt-moved 01ARZ3NDEKTSV4RRFFQ69G5FAV", "receipt-moved 01ARZ3NDEKTSV4RRFFQ69G5FAV x",
            "typing 01ARZ3NDEKTSV4RRFFQ69G5FAV 01ARZ3NDEKTSV4RRFFQ69G5FAV somebody:01ARZ3NDEKTSV4RRFFQ69G5FAV 1 c Ada",
            "typing 01ARZ3NDEKTSV4RRFFQ69G5FAV 01ARZ3NDEKTSV4RRFFQ69G5FAV member 1 c Ada",
            "typing 01ARZ3NDEKTSV4RRFFQ69G5FAV 01ARZ3NDEKTSV4RRFFQ69G5FAV system 1 c %2", " look-again", "LOOK-AGAIN",
        ])
    func nonsense(text: String) {
        #expect(Bell(text: text) == nil)
    }

    @Test("fields that a newer release has added at the end are passed over")
    func newerFields() {
        let bell = Bell.feedMoved(Self.id(1), 5)
        #expect(Bell(text: bell.text + " more") == bell)
        #expect(Bell(text: "look-again now") == .lookAgain)
    }

    @Test("nothing longer than the longest text is read")
    func tooLong() {
        let rest = Bell.longestText - "look-again ".utf8.count
        #expect(Bell(text: "look-again " + String(repeating: "x", count: rest)) == .lookAgain)
        #expect(Bell(text: "look-again " + String(repeating: "x", count: rest + 1)) == nil)
    }

    @Test("changed and random texts never end the process, and what is read means what it says")
    func mutations() {
        var random = SeededRandom(seed: 5)
        for round in 0..<2_000 {
            guard var bytes = Self.samples.randomElement(using: &random).map({ Array($0.text.utf8) }) else { continue }
            for _ in 0...Int.random(in: 0..<4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                bytes[place] = UInt8.random(in: 0...255, using: &random)
            }
            let text = String(decoding: bytes, as: UTF8.self)
            if let bell = Bell(text: text) { #expect(Bell(text: bell.text) == bell, "round \(round)") }
            _ = Bell(text: Samples.text(seed: UInt64(round), length: 40))
        }
    }
}
