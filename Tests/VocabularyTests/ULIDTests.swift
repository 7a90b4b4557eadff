import Foundation
import Testing
import TestSupport
import Vocabulary

@Suite("ULID")
struct ULIDTests {
    @Test("the specification's examples read and write as themselves")
    func specificationExamples() throws {
        // github.com/ulid/spec: "01ARZ3NDEKTSV4RRFFQ69G5FAV" and, for time 1469918176385, "01ARYZ6S41TSV4RRFFQ69G5FAV".
        #expect(try #require(ULID("01ARZ3NDEKTSV4RRFFQ69G5FAV")).description == "01ARZ3NDEKTSV4RRFFQ69G5FAV")
        let made = ULID(time: Timestamp(milliseconds: 1_469_918_176_385), randomness: (0, 0))
        #expect(made.description == "01ARYZ6S410000000000000000")
        #expect(try #require(ULID("01ARYZ6S41TSV4RRFFQ69G5FAV")).high >> 16 == 1_469_918_176_385)
    }

    @Test("the largest is 7ZZZZZZZZZZZZZZZZZZZZZZZZZ, the next overflows")
    func limits() throws {
        let largest = try #require(ULID("7ZZZZZZZZZZZZZZZZZZZZZZZZZ"))
        #expect(largest.high == .max && largest.low == .max)
        #expect(largest.description == "7ZZZZZZZZZZZZZZZZZZZZZZZZZ")
        #expect(ULID("80000000000000000000000000") == nil)
        #expect(try #require(ULID("00000000000000000000000000")).high == 0)
    }

    @Test("lower case reads like upper case")
    func lowerCase() {
        #expect(ULID("01arz3ndektsv4rrffq69g5fav") == ULID("01ARZ3NDEKTSV4RRFFQ69G5FAV"))
    }

    @Test(
        "anything else is refused",
        arguments: [
            "", "0", "01ARZ3NDEKTSV4RRFFQ69G5FA", "01ARZ3NDEKTSV4RRFFQ69G5FAVX", "01ARZ3NDEKTSV4RRFFQ69G5FAI", "01ARZ3NDEKTSV4RRFFQ69G5FAL",
            "01ARZ3NDEKTSV4RRFFQ69G5FAO", "01ARZ3NDEKTSV4RRFFQ69G5FAU", "01ARZ3NDEKTSV4RRFFQ69G5FA ", "01ARZ3NDEKTSV4RRFFQ69G5FA-",
            "０1ARZ3NDEKTSV4RRFFQ69G5FA", "客服客服客服客服客", Samples.emoji, String(repeating: "0", count: 100_000),
        ])
    func refused(_ text: String) {
        #expect(ULID(text) == nil)
    }

    @Test("every one comes back from its text, and texts sort like values")
    func roundTrip() throws {
        var random = SeededRandom(seed: 1)
        var values: [ULID] = []
        for _ in 0..<2_000 {
            let time = Timestamp(milliseconds: Int64.random(in: 0..<(1 << 48), using: &random))
            let value = ULID(time: time, randomness: (UInt16.random(in: 0 ... .max, using: &random), random.next()))
            #expect(ULID(value.description) == value)
            values.append(value)
        }
        #expect(values.sorted().map(\.description) == values.map(\.description).sorted())
    }

    @Test("two of the same moment differ, later ones sort after")
    func made() {
        let time = Timestamp(milliseconds: 1_795_248_000_000)
        #expect(ULID.make(at: time) != ULID.make(at: time))
        #expect(ULID.make(at: time) < ULID.make(at: time + .milliseconds(1)))
    }

    @Test("an identifier is a JSON string, and a wrong one is refused")
    func identifierCoding() throws {
        let id = ShopID.make(at: Timestamp(milliseconds: 5))
        let json = try JSONEncoder().encode([id])
        #expect(String(decoding: json, as: UTF8.self) == "[\"\(id)\"]")
        #expect(try JSONDecoder().decode([ShopID].self, from: json) == [id])
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([ShopID].self, from: Data("[\"lantern\"]".utf8)) }
    }
}
