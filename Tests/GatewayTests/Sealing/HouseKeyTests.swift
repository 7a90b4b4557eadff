@testable import Gateway
import Storage
import TestSupport
import Testing
import Vocabulary

struct HouseKeyTests {
    private let clock = ManualClock()
    private static let bytes = [UInt8](0..<32)

    private func open(_ storage: TemporaryDatabase, setting: String? = nil) async throws -> HouseKey {
        try await HouseKey.open(
            setting: setting.map { Secret($0) }, directory: storage.directory.path, database: storage.database, clock: clock
        ).key
    }

    /// As a server does, which goes on with the key that is there.
    private func start(_ storage: TemporaryDatabase, setting: String? = nil) async throws -> HouseKeyChange? {
        try await HouseKey.open(
            setting: setting.map { Secret($0) }, directory: storage.directory.path, database: storage.database, clock: clock,
            mayChange: true
        ).change
    }

    private func fault(of body: () async throws -> some Any) async -> HouseKeyFault? {
        do {
            _ = try await body()
            return nil
        } catch GatewayError.houseKey(let fault) {
            return fault
        } catch {
            Issue.record("\(error)")
            return nil
        }
    }

    private func database() async throws -> TemporaryDatabase {
        try await TemporaryDatabase.open(schemas: [GatewaySchema.schema], clock: clock)
    }

    @Test("the first start makes a file of 32 random bytes for its owner alone, the next one reads it")
    func firstStart() async throws {
        let storage = try await database()
        let key = try await open(storage)
        #expect(storage.directory.size(of: "house.key") == 32)
        #expect(try storage.directory.mode(of: "house.key") == 0o600)
        #expect(!storage.directory.names().contains("house.key.new"))
        let again = try await open(storage)
        #expect(again.hash(of: "sb-x") == key.hash(of: "sb-x"))
        let other = try await open(try await database())
        #expect(other.hash(of: "sb-x") != key.hash(of: "sb-x"))
    }

    @Test("what a crash left of a half-made file does not become the key")
    func leftover() async throws {
        let storage = try await database()
        try storage.directory.write([1, 2, 3], to: "house.key.new")
        _ = try await open(storage)
        #expect(storage.directory.size(of: "house.key") == 32)
        #expect(!storage.directory.names().contains("house.key.new"))
    }

    @Test("a database that knows a key is never given a new one silently")
    func missing() async throws {
        let storage = try await database()
        _ = try await open(storage)
        let path = storage.directory.path + "/house.key"
        try storage.moveAway("house.key")
        #expect(await fault { try await open(storage) } == .missing(path: path))
        #expect(storage.directory.size(of: "house.key") == nil)
    }

    @Test("another key than the one that sealed the database is refused, from the file and from the setting")
    func another() async throws {
        let storage = try await database()
        _ = try await open(storage)
        let own = try storage.directory.bytes(of: "house.key")
        #expect(await fault { try await open(storage, setting: Base64URL.encode(Self.bytes)) } == .another)
        _ = try await open(storage, setting: Base64URL.encode(own))
        try storage.directory.write(Self.bytes, to: "house.key")
        #expect(await fault { try await open(storage) } == .another)
    }

    @Test("a server goes on with another key or a new one, says so once, and the old one is as good as ever when it comes back")
    func change() async throws {
        let storage = try await database()
        let sealed = try await open(storage).seal(Secret("sk-north"), for: "north")
        let own = try storage.directory.bytes(of: "house.key")
        #expect(try await start(storage) == nil)
        try storage.moveAway("house.key")
        #expect(try await start(storage) == .lost)
        #expect(storage.directory.size(of: "house.key") == 32)
        #expect(try storage.directory.mode(of: "house.key") == 0o600)
        #expect(try storage.directory.bytes(of: "house.key") != own)
        #expect(try await start(storage) == nil)
        let new = try await open(storage)
        #expect(throws: GatewayError.unsealable) { try new.open(sealed, for: "north") }
        #expect(try await start(storage, setting: Base64URL.encode(own)) == .replaced)
        #expect(try await open(storage, setting: Base64URL.encode(own)).open(sealed, for: "north").reveal() == "sk-north")
    }

    @Test("a file that can't be the key is never replaced, whoever starts")
    func damaged() async throws {
        let storage = try await database()
        _ = try await open(storage)
        try storage.directory.write([1, 2, 3], to: "house.key")
        #expect(await fault { try await start(storage) } == .fileLength(path: storage.directory.path + "/house.key"))
        #expect(await fault { try await start(storage, setting: "short") } == .settingMalformed)
        #expect(storage.directory.size(of: "house.key") == 3)
    }

    @Test("a file of the wrong length, or that others may read, is refused with what to do")
    func badFile() async throws {
        let storage = try await database()
        let path = storage.directory.path + "/house.key"
        _ = try await open(storage)
        try storage.directory.write(Self.bytes + [0], to: "house.key")
        #expect(await fault { try await open(storage) } == .fileLength(path: path))
        try storage.setMode(0o640, of: "house.key")
        #expect(await fault { try await open(storage) } == .filePermissions(path: path))
        #expect(GatewayError.houseKey(.filePermissions(path: path)).explanation.contains("chmod 600"))
        #expect(GatewayError.houseKey(.missing(path: path)).code == "gateway.house_key")
    }

    @Test(
        "HOUSE_KEY is 32 bytes in either base64, with or without padding",
        arguments: [
            ("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", true), ("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", true),
            (" AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n", true), ("//////////////////////////////////////////8=", true),
            ("__________________________________________8", true), ("AAECAwQ=", false),
            ("not base64 at all, and far too long for one", false),
            (String(repeating: "A", count: 10_000), false), ("=", false),
        ])
    func setting(text: String, isFine: Bool) async throws {
        let storage = try await database()
        #expect(await fault { try await open(storage, setting: text) } == (isFine ? nil : .settingMalformed))
        #expect(storage.directory.size(of: "house.key") == nil)
    }

    @Test("what was sealed opens only with the same key and for the same owner, and no two seals are alike")
    func sealing() throws {
        let key = try HouseKey(Secret(Self.bytes))
        let other = try HouseKey(Secret(Self.bytes.reversed()))
        let sealed = try key.seal(Secret("sk-ant-秘密"), for: "north")
        #expect(try key.open(sealed, for: "north").reveal() == "sk-ant-秘密")
        #expect(sealed != (try key.seal(Secret("sk-ant-秘密"), for: "north")))
        #expect(!String(decoding: sealed, as: UTF8.self).contains("sk-ant"))
        #expect(throws: GatewayError.unsealable) { try key.open(sealed, for: "south") }
        #expect(throws: GatewayError.unsealable) { try other.open(sealed, for: "north") }
    }

    @Test("no damaged seal opens, and none ends the process")
    func damagedSeal() throws {
        let key = try HouseKey(Secret(Self.bytes))
        let sealed = try key.seal(Secret("x"), for: "north")
        for place in sealed.indices {
            var broken = sealed
            broken[place] ^= 1
            #expect(throws: GatewayError.unsealable) { try key.open(broken, for: "north") }
            #expect(throws: GatewayError.unsealable) { try key.open(Array(sealed.prefix(place)), for: "north") }
        }
    }

    @Test("the hash of a key is HMAC-SHA256 under a key of its own, and survives the database")
    func hashing() throws {
        let hash = try HouseKey(Secret(Self.bytes)).hash(of: "sb-lantern")
        #expect(hash.bytes.count == 32)
        #expect(KeyHash(hash.bytes) == hash)
        #expect(KeyHash(sqlValue: hash.sqlValue) == hash)
        #expect(KeyHash(sqlValue: .blob([1, 2])) == nil)
        // HMAC-SHA256(HKDF-SHA256(00…1f, info "switchboard client keys 1"), "sb-lantern"), computed with another library.
        #expect(hash.bytes.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined() == Self.vector)
    }

    private static let vector = "fdc846d4fe6e71a6616f0b80786ab0494328524be322b520275d8f53a2e0d3ef"
}
