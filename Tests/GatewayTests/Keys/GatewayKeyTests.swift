@testable import Gateway
import Routing
import TestSupport
import Testing
import Vocabulary

struct GatewayKeyTests {
    private func verify(_ keys: GatewayKeys, _ text: String, at now: Timestamp) -> Result<String, KeyRefusal> {
        keys.verify(presented: text, now: now).map(\.name)
    }

    @Test("a key is sb- and 43 characters, is shown once, and opens the door at once")
    func create() async throws {
        let world = try await RoomWorld()
        let new = try await world.keys.create(KeyChange(name: " laptop "), by: world.byAda)
        let text = new.text.reveal()
        #expect(text.hasPrefix("sb-") && text.utf8.count == 46)
        #expect(new.key.prefix == String(text.prefix(9)))
        #expect(new.key.name == "laptop")
        #expect(new.key.createdBy == "Ada")
        #expect(new.key.scopes == Set(KeyScope.allCases))
        #expect("\(new.text)" == "•••")
        #expect(verify(world.keys, text, at: world.clock.now()) == .success("laptop"))
        #expect(!(try await world.stored()).contains(text.dropFirst(9)))
    }

    @Test("keys outlive the process, with all that they may and may not")
    func survives() async throws {
        let world = try await RoomWorld()
        let expiry = world.clock.now() + .seconds(3_600)
        let draft = KeyChange(
            name: "laptop", scopes: ["models", "inference"], models: ["claude-*", "gpt-5"], expiresAt: .set(expiry),
            requestsPerMinute: .set(60),
            tokensPerMinute: .set(100_000), concurrency: .set(5), budgetDay: .set(1_000_000_000), budgetMonth: .set(0))
        let new = try await world.keys.create(draft, by: world.byAda)
        let again = try await world.reopenedKeys()
        let key = try again.verify(presented: new.text.reveal(), now: world.clock.now()).get()
        #expect(key == new.key)
        #expect(key.scopes == [.inference, .models])
        #expect(key.limits.budgets == [1_000_000_000, 0])
        #expect(key.limits.concurrency == 5)
        #expect(key.allows(model: "claude-opus-5") && key.allows(model: "gpt-5") && !key.allows(model: "gpt-5-mini"))
        #expect(try await again.list(of: world.ada.workspace, after: nil, limit: 1).items.first?.limits == key.limits)
    }

    @Test("a missing, a strange, an expired and a revoked key are refused, each with its code")
    func refusals() async throws {
        let world = try await RoomWorld()
        let (now, later) = (world.clock.now(), world.clock.now() + .seconds(60))
        let new = try await world.keys.create(KeyChange(name: "laptop", expiresAt: .set(later)), by: world.byAda)
        let text = new.text.reveal()
        #expect(verify(world.keys, "", at: now) == .failure(.missing))
        for strange in ["sb-", text.dropLast() + "!", text + "A", "sk-ant-api03-abc", String(repeating: "x", count: 1_000_000)] {
            #expect(verify(world.keys, String(strange), at: now) == .failure(.unknown))
        }
        #expect(verify(world.keys, text, at: later - .milliseconds(1)) == .success("laptop"))
        #expect(verify(world.keys, text, at: later) == .failure(.expired))
        _ = try await world.keys.revoke(new.key.id, by: world.byAda)
        #expect(verify(world.keys, text, at: now) == .failure(.unknown))
        #expect(verify(try await world.reopenedKeys(), text, at: now) == .failure(.unknown))
        #expect(
            [KeyRefusal.missing, .unknown, .expired].map(\.code) == ["gateway.key_missing", "gateway.key_unknown", "gateway.key_expired"])
    }

    @Test("a key that was presented before ends for its next request when it is revoked or expires")
    func endsAtOnce() async throws {
        let world = try await RoomWorld()
        let now = world.clock.now()
        let new = try await world.keys.create(KeyChange(name: "laptop", expiresAt: .set(now + .seconds(60))), by: world.byAda)
        let text = new.text.reveal()
        for _ in 0..<3 { #expect(verify(world.keys, text, at: now) == .success("laptop")) }
        #expect(verify(world.keys, text, at: now + .seconds(60)) == .failure(.expired))
        _ = try await world.keys.change(new.key.id, KeyChange(name: "desktop"), by: world.byAda)
        #expect(verify(world.keys, text, at: now) == .success("desktop"))
        _ = try await world.keys.revoke(new.key.id, by: world.byAda)
        #expect(verify(world.keys, text, at: now) == .failure(.unknown))
        #expect(!world.keys.isActive(new.key.id, at: now))
    }

    @Test("of the keys that are presented a bounded number is remembered, and nothing but keys")
    func remembered() async throws {
        let world = try await RoomWorld()
        let (index, now) = (KeyIndex(), world.clock.now())
        let key = try await world.keys.create(KeyChange(name: "laptop"), by: world.byAda).key
        let (hash, other) = (KeyHash(repeatElement(1, count: 32)), KeyHash(repeatElement(2, count: 32)))
        index.add(key, hash: hash)
        let marks = (0...KeyIndex.seenLimit).map { PresentedMark("\($0)") }
        #expect(Set(marks).count == marks.count)
        for mark in marks { #expect((try? index.use(hash, markedBy: mark, at: now).get().name) == "laptop") }
        #expect(marks.count { index.use(seen: $0, at: now) != nil } == 1)
        _ = index.use(other, markedBy: marks[0], at: now)
        #expect(index.use(seen: marks[0], at: now) == nil)
    }

    @Test("whoever counts on keys hears of each change after its commit, with the revocation")
    func changes() async throws {
        let world = try await RoomWorld()
        let key = try await world.keys.create(KeyChange(name: "laptop"), by: world.byAda).key
        _ = try await world.keys.change(key.id, KeyChange(requestsPerMinute: .set(3)), by: world.byAda)
        _ = try await world.keys.revoke(key.id, by: world.byAda)
        let heard = world.keyChanges.entries
        #expect(heard.map(\.limits.requestsPerMinute) == [nil, 3, 3])
        #expect(heard.map { $0.revokedAt != nil } == [false, false, true])
    }

    @Test("a change leaves what is absent, empties what is empty, and counts for the next request")
    func change() async throws {
        let world = try await RoomWorld()
        let draft = KeyChange(name: "laptop", models: ["claude-*"], requestsPerMinute: .set(60), budgetDay: .set(5))
        let new = try await world.keys.create(draft, by: world.byAda)
        let changed = try await world.keys.change(new.key.id, KeyChange(models: [], requestsPerMinute: .set(nil)), by: .member(world.cleo))
        #expect(changed.name == "laptop")
        #expect(changed.limits == KeyAllowance(moneyPerDay: 5))
        #expect(try world.keys.verify(presented: new.text.reveal(), now: world.clock.now()).get().allows(model: "anything"))
        #expect(try await world.keys.key(new.key.id, in: world.ada.workspace).models.isEmpty)
    }

    @Test(
        "what makes no sense is refused field by field",
        arguments: [
            (KeyChange(name: ""), ["name"]), (KeyChange(name: "a\nb"), ["name"]), (KeyChange(name: "\u{200D}"), ["name"]),
            (KeyChange(name: String(repeating: "n", count: 101)), ["name"]), (KeyChange(name: "x", scopes: []), ["scopes"]),
            (KeyChange(name: "x", scopes: ["inference", "root"]), ["scopes"]),
            (KeyChange(name: "x", models: ["ok", "a b", "", "\u{1}"]), ["models[1]", "models[2]", "models[3]"]),
            (KeyChange(name: "x", models: Array(repeating: "m", count: 201)), ["models"]),
            (KeyChange(name: "x", expiresAt: .set(Timestamp(milliseconds: 0))), ["expiresAt"]),
            (
                KeyChange(
                    name: "x", requestsPerMinute: .set(0), tokensPerMinute: .set(-1), concurrency: .set(.max), budgetDay: .set(-1),
                    budgetMonth: .set(.max)),
                ["requestsPerMinute", "tokensPerMinute", "budgetDay", "budgetMonth", "concurrency"]
            ), (KeyChange(), ["name"]),
        ])
    func invalid(draft: KeyChange, fields: [String]) async throws {
        let world = try await RoomWorld()
        #expect(await faultyFields { try await world.keys.create(draft, by: world.byAda) } == fields)
        #expect(world.keys.active.isEmpty)
    }

    @Test("a name is taken while its key is active, in its workspace, and free again after the revocation")
    func names() async throws {
        let world = try await RoomWorld()
        let first = try await world.keys.create(KeyChange(name: "laptop"), by: world.byAda).key
        #expect(await gatewayCode { try await world.keys.create(KeyChange(name: "laptop"), by: world.byAda) } == "gateway.key_name_taken")
        _ = try await world.keys.create(KeyChange(name: "laptop"), by: world.byEve)
        let second = try await world.keys.create(KeyChange(name: "desk"), by: world.byAda).key
        #expect(
            await gatewayCode { try await world.keys.change(second.id, KeyChange(name: "laptop"), by: world.byAda) }
                == "gateway.key_name_taken")
        _ = try await world.keys.revoke(first.id, by: world.byAda)
        _ = try await world.keys.create(KeyChange(name: "laptop"), by: world.byAda)
    }

    @Test("a revoked key stays revoked, and what it was stays readable")
    func revoked() async throws {
        let world = try await RoomWorld()
        let key = try await world.keys.create(KeyChange(name: "laptop"), by: world.byAda).key
        let revoked = try await world.keys.revoke(key.id, by: world.byAda)
        world.clock.advance(by: .seconds(60))
        #expect(try await world.keys.revoke(key.id, by: world.byAda).revokedAt == revoked.revokedAt)
        #expect(await gatewayCode { try await world.keys.change(key.id, KeyChange(name: "x"), by: world.byAda) } == "gateway.key_revoked")
        #expect(try await world.keys.key(key.id, in: world.ada.workspace).name == "laptop")
        #expect(!revoked.isActive(at: world.clock.now()))
    }

    @Test("agents change nothing, and nobody reaches a key of another workspace")
    func walls() async throws {
        let world = try await RoomWorld()
        let key = try await world.keys.create(KeyChange(name: "laptop"), by: world.byAda).key
        let bo = Author.member(world.bo)
        #expect(await gatewayCode { try await world.keys.create(KeyChange(name: "x"), by: bo) } == "gateway.forbidden")
        #expect(await gatewayCode { try await world.keys.change(key.id, KeyChange(name: "x"), by: bo) } == "gateway.forbidden")
        #expect(await gatewayCode { try await world.keys.revoke(key.id, by: bo) } == "gateway.forbidden")
        #expect(await gatewayCode { try await world.keys.change(key.id, KeyChange(name: "x"), by: world.byEve) } == "gateway.key_not_found")
        #expect(await gatewayCode { try await world.keys.revoke(key.id, by: world.byEve) } == "gateway.key_not_found")
        #expect(await gatewayCode { try await world.keys.key(key.id, in: world.eve.workspace) } == "gateway.key_not_found")
        #expect(try await world.keys.list(of: world.eve.workspace, after: nil, limit: 10).items.isEmpty)
        #expect(world.keys.active.map(\.name) == ["laptop"])
    }

    @Test("the list goes newest first, page by page, through the end")
    func pages() async throws {
        let world = try await RoomWorld()
        for number in 1...5 {
            _ = try await world.keys.create(KeyChange(name: "key \(number)"), by: world.byAda)
            world.clock.advance(by: .milliseconds(1))
        }
        var (names, cursor): ([String], Cursor?) = ([], nil)
        repeat {
            let page = try await world.keys.list(of: world.ada.workspace, after: cursor, limit: 2)
            names += page.items.map(\.name)
            cursor = page.next
        } while cursor != nil
        #expect(names == ["key 5", "key 4", "key 3", "key 2", "key 1"])
        let strange = Cursor(["x"])
        #expect(
            await gatewayCode { try await world.keys.list(of: world.ada.workspace, after: strange, limit: 2) } == "gateway.cursor_invalid")
        #expect(try await world.keys.list(of: world.ada.workspace, after: nil, limit: -1).items.count == 1)
    }

    @Test("the last use is known at once and written down at most once a minute")
    func lastUse() async throws {
        let world = try await RoomWorld()
        let new = try await world.keys.create(KeyChange(name: "laptop"), by: world.byAda)
        let first = world.clock.now()
        func use() { _ = world.keys.verify(presented: new.text.reveal(), now: world.clock.now()) }
        func written() async throws -> Timestamp? { try await world.reopenedKeys().active.first?.lastUsedAt }
        use()
        #expect(try await world.keys.key(new.key.id, in: world.ada.workspace).lastUsedAt == first)
        #expect(try await written() == nil)
        try await world.keys.saveUses()
        #expect(try await written() == first)
        world.clock.advance(by: .seconds(59))
        use()
        try await world.keys.saveUses()
        #expect(try await written() == first)
        world.clock.advance(by: .seconds(1))
        use()
        try await world.keys.saveUses()
        #expect(try await written() == first + .seconds(60))
        #expect(try await world.keys.change(new.key.id, KeyChange(name: "desk"), by: world.byAda).lastUsedAt == first + .seconds(60))
    }

    @Test("thousands verify at once while keys come and go, and none is let in after its revocation")
    func concurrency() async throws {
        let world = try await RoomWorld()
        let stays = try await world.keys.create(KeyChange(name: "stays"), by: world.byAda).text.reveal()
        let goes = try await world.keys.create(KeyChange(name: "goes"), by: world.byAda)
        let now = world.clock.now()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<2_000 {
                        #expect((try? world.keys.verify(presented: stays, now: now).get()) != nil)
                        _ = world.keys.verify(presented: goes.text.reveal(), now: now)
                    }
                }
            }
            group.addTask { _ = try? await world.keys.revoke(goes.key.id, by: world.byAda) }
        }
        #expect(verify(world.keys, goes.text.reveal(), at: now) == .failure(.unknown))
    }

    @Test("keys that another house key has hashed are lost: listed as such, known to nobody, and revoked by name")
    func lost() async throws {
        let world = try await RoomWorld()
        let old = try await world.keys.create(KeyChange(name: "laptop"), by: world.byAda)
        let seed = Secret([UInt8](0..<32))
        let (house, change) = try await HouseKey.open(
            setting: Secret(Base64URL.encode(seed.reveal())), directory: world.storage.directory.path, database: world.database,
            clock: world.clock, mayChange: true)
        #expect(change == .replaced)
        let keys = try await GatewayKeys.open(database: world.database, clock: world.clock, house: house)
        #expect(keys.lostAtStart == 1 && keys.active.isEmpty)
        guard case .failure(.unknown) = keys.verify(presented: old.text.reveal(), now: world.clock.now()) else {
            Issue.record("an old key is still known")
            return
        }
        world.clock.advance(by: .milliseconds(1))
        let fresh = try await keys.create(KeyChange(name: "new laptop"), by: world.byAda)
        #expect(try await keys.list(of: world.ada.workspace, after: nil, limit: 10).items.map(\.isLost) == [false, true])
        guard case .success = keys.verify(presented: fresh.text.reveal(), now: world.clock.now()) else {
            Issue.record("a new key is not known")
            return
        }
        let named = try await keys.key(named: "laptop", in: world.ada.workspace)
        #expect(named.id == old.key.id && named.isLost)
        #expect(try await keys.revoke(named.id, by: world.byAda).revokedAt != nil)
        #expect(await gatewayCode { try await keys.key(named: "laptop", in: world.ada.workspace) } == "gateway.key_not_found")
        // With the old key all is as before.
        _ = try await HouseKey.open(
            setting: nil, directory: world.storage.directory.path, database: world.database, clock: world.clock, mayChange: true)
        #expect(try await world.reopenedKeys().lostAtStart == 1, "the one that was made under the other key")
    }
}

extension KeyAllowance {
    fileprivate var budgets: [Int64?] { [moneyPerDay, moneyPerMonth] }
}
