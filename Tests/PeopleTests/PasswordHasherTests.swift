import People
import Synchronization
import Testing
import Vocabulary

struct PasswordHasherTests {
    @Test("a hash knows its password and no other, in any script")
    func verifies() async throws {
        let hasher = try PasswordHasher(cost: .cheap)
        for text in ["plain enough", "灯笼🏮与猫", "nul\u{0}inside", String(repeating: "长", count: 200)] {
            let hash = try await hasher.hash(Secret(text))
            #expect(hash.hasPrefix("$argon2id$"))
            #expect(!hash.contains(text))
            #expect(try await hasher.verify(Secret(text), against: hash) == .right)
            #expect(try await hasher.verify(Secret(text + "x"), against: hash) == .wrong)
            #expect(try await hasher.verify(Secret(String(text.dropLast())), against: hash) == .wrong)
        }
    }

    @Test("the same password has another hash each time")
    func salted() async throws {
        let hasher = try PasswordHasher(cost: .cheap)
        #expect(try await hasher.hash(Secret("same")) != (try await hasher.hash(Secret("same"))))
    }

    @Test("the standard is argon2id with 19 MiB and two passes")
    func standard() async throws {
        let hash = try await PasswordHasher().hash(Secret("tangerine"))
        #expect(hash.hasPrefix("$argon2id$v=19$m=19456,t=2,p=1$"))
    }

    @Test("a hash of another cost is right but outdated")
    func outdated() async throws {
        let old = try await PasswordHasher(cost: .cheap).hash(Secret("tangerine"))
        let today = try PasswordHasher(cost: .init(passes: 2, memory: 16_384))
        #expect(try await today.verify(Secret("tangerine"), against: old) == .rightButOutdated)
        #expect(try await today.verify(Secret("mandarin"), against: old) == .wrong)
    }

    @Test(
        "nothing stored, and nonsense stored, are wrong",
        arguments: [nil, "", "$argon2id$", "plain", "$argon2id$v=19$m=99999999,t=2,p=1$AA$AA"])
    func nothing(stored: String?) async throws {
        #expect(try await PasswordHasher(cost: .cheap).verify(Secret("tangerine"), against: stored) == .wrong)
    }

    @Test("beyond the line the answer is busy, and everybody in it is served")
    func bounded() async throws {
        let hasher = try PasswordHasher(cost: .standard, waitingLimit: 2)
        let codes = await withTaskGroup(of: String.self) { group in
            for _ in 0..<40 { group.addTask { await code { try await hasher.hash(Secret("tangerine")) } } }
            return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        }
        #expect(codes["none", default: 0] >= 4)
        #expect(codes["people.busy", default: 0] > 0)
        #expect(codes.values.reduce(0, +) == 40)
        #expect(try await hasher.hash(Secret("later")).isEmpty == false)
    }
}
