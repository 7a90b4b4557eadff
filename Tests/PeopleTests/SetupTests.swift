import People
import Storage
import Testing
import Vocabulary

struct SetupTests {
    private let draft = FoundingDraft(
        workspace: "灯笼 Lantern 🏮", ownerName: "王小明", email: "Ada@Lantern.example", password: PeopleWorld.password)

    private func perform(_ world: PeopleWorld, _ proof: SetupProof, _ draft: FoundingDraft? = nil) async throws -> Founded<String> {
        try await world.people.setup.perform(draft ?? self.draft, proof: proof, signingIn: PeopleWorld.laptop) { _, workspace, member in
            "\(workspace) \(member)"
        }
    }

    @Test("the printed token makes workspace and owner, signs in, and is used up")
    func once() async throws {
        let world = try await PeopleWorld()
        #expect(try await world.people.setup.isNeeded)
        let token = try #require(try await world.people.setup.makeToken()).text.reveal()
        let founded = try await perform(world, .token(token))
        #expect(founded.workspace.name == "灯笼 Lantern 🏮" && founded.owner.name == "王小明" && founded.owner.role == .owner)
        #expect(founded.extra == "\(founded.workspace.id) \(founded.owner.id)")
        let principal = try await world.principal(try #require(founded.session).token)
        #expect(principal.member == founded.owner.id)
        #expect(try await !world.people.setup.isNeeded)
        #expect(try await world.people.setup.makeToken() == nil)
        #expect(await code { try await perform(world, .token(token)) } == "people.already_set_up")
        #expect(await code { try await perform(world, .commandLine) } == "people.already_set_up")
    }

    @Test("each start's token ends the one before")
    func replaced() async throws {
        let world = try await PeopleWorld()
        let old = try #require(try await world.people.setup.makeToken()).text.reveal()
        let new = try #require(try await world.people.setup.makeToken()).text.reveal()
        for wrong in [old, "", "x", new + "x", new.lowercased()] {
            #expect(await code { try await perform(world, .token(wrong)) } == "people.setup_token")
        }
        #expect(try await world.people.setup.isNeeded)
        _ = try await perform(world, .token(new))
    }

    @Test("before a token was made none fits", arguments: ["", "x"])
    func none(text: String) async throws {
        let world = try await PeopleWorld()
        #expect(await code { try await perform(world, .token(text)) } == "people.setup_token")
    }

    @Test("the command line needs no token and opens no session")
    func commandLine() async throws {
        let world = try await PeopleWorld()
        _ = try await world.people.setup.makeToken()
        let founded = try await world.people.setup.perform(draft, proof: .commandLine, signingIn: nil) { _, _, _ in 7 }
        #expect(founded.session == nil && founded.extra == 7)
        #expect(try await world.signIn("ada@lantern.example").member == founded.owner.id)
    }

    @Test("when the first shop fails, nothing is set up and the token still works")
    func together() async throws {
        struct NoShop: Error {}
        let world = try await PeopleWorld()
        let token = try #require(try await world.people.setup.makeToken()).text.reveal()
        await #expect(throws: NoShop.self) {
            try await world.people.setup.perform(draft, proof: .token(token), signingIn: nil) { _, _, _ throws -> Int in throw NoShop() }
        }
        #expect(try await world.people.setup.isNeeded)
        #expect(try await world.database.read { connection in try connection.rows("SELECT id FROM workspace").count } == 0)
        _ = try await perform(world, .token(token))
    }

    @Test("what another room writes stands in the same transaction")
    func sameTransaction() async throws {
        let world = try await PeopleWorld()
        let founded = try await world.people.setup.perform(draft, proof: .commandLine, signingIn: nil) { connection, workspace, _ in
            try connection.row("SELECT name FROM workspace WHERE id = ?", workspace)?.get(0, as: String.self)
        }
        #expect(founded.extra == "灯笼 Lantern 🏮")
    }

    @Test("of many who try at once, one succeeds")
    func race() async throws {
        let world = try await PeopleWorld()
        let token = try #require(try await world.people.setup.makeToken()).text.reveal()
        let codes = await withTaskGroup(of: String.self) { group in
            for number in 0..<8 {
                let draft = FoundingDraft(
                    workspace: "W", ownerName: "A", email: "a\(number)@lantern.example", password: PeopleWorld.password)
                group.addTask { await code { try await perform(world, .token(token), draft) } }
            }
            return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        }
        #expect(codes == ["none": 1, "people.already_set_up": 7])
    }

    @Test("all faults of the form are told at once")
    func faults() async throws {
        let world = try await PeopleWorld()
        let draft = FoundingDraft(workspace: " ", ownerName: "a\nb", email: "ada", password: Secret("short"))
        await #expect(
            throws: PeopleError.invalid([
                FieldFault(field: .workspace, reason: .nameLength), FieldFault(field: .name, reason: .nameCharacters),
                FieldFault(field: .email, reason: .email), FieldFault(field: .password, reason: .passwordLength),
            ])
        ) { try await perform(world, .commandLine, draft) }
        #expect(try await world.people.setup.isNeeded)
    }
}
