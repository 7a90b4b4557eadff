import People
import Storage
import Testing
import Vocabulary

struct PeopleSchemaTests {
    /// What the schema says when somebody forgets a rule.
    private func refusal(_ world: PeopleWorld, _ sql: String, _ arguments: [SQLValue] = []) async -> String {
        do {
            try await world.database.write { connection in _ = try connection.execute(sql, arguments) }
            return "none"
        } catch let error as StorageError {
            return error.code
        } catch {
            return "\(error)"
        }
    }

    @Test(
        "the schema itself refuses what breaks a rule",
        arguments: [
            ("UPDATE member SET role = 'root'", "storage.refused"), ("UPDATE member SET email = 'ADA@lantern.example'", "storage.refused"),
            ("UPDATE member SET name = ''", "storage.refused"), ("UPDATE member SET language = 'fr'", "storage.refused"),
            ("UPDATE member SET is_active = 2", "storage.refused"), ("UPDATE member SET password_hash = 'tangerine'", "storage.refused"),
            ("UPDATE member SET workspace_id = '01JZZZZZZZZZZZZZZZZZZZZZZZ'", "storage.refused"),
            ("DELETE FROM workspace", "storage.refused"),
            ("DELETE FROM member", "storage.refused"), ("UPDATE session SET token_digest = x'00'", "storage.refused"),
            ("UPDATE session SET last_seen_at = created_at - 1", "storage.refused"),
            ("UPDATE invitation SET role = 'king'", "storage.refused"),
            ("UPDATE invitation SET expires_at = created_at", "storage.refused"),
            ("INSERT INTO setup (slot, token_digest, completed_at) VALUES (2, NULL, NULL)", "storage.refused"),
            ("INSERT INTO setup (slot, token_digest, completed_at) VALUES (1, NULL, NULL)", "storage.duplicate"),
            ("UPDATE setup SET token_digest = x'\(String(repeating: "00", count: 32))', completed_at = 1", "storage.refused"),
            ("UPDATE workspace SET name = ''", "storage.refused"), ("UPDATE workspace SET name = NULL", "storage.refused"),
        ])
    func refuses(sql: String, code: String) async throws {
        let world = try await PeopleWorld()
        let ada = try await world.found()
        _ = try await world.people.invitations.send(to: "bo@lantern.example", role: .agent, by: ada)
        #expect(await refusal(world, sql) == code)
    }

    @Test("an invitation cannot be made by a member of another workspace, whatever the program does")
    func tenantsStayApart() async throws {
        let world = try await PeopleWorld()
        let ada = try await world.found()
        let eve = try await world.found("Harbour", owner: "eve@harbour.example")
        _ = try await world.people.invitations.send(to: "bo@lantern.example", role: .agent, by: ada)
        #expect(await refusal(world, "UPDATE invitation SET invited_by = ?", [eve.member.sqlValue]) == "storage.refused")
        #expect(await refusal(world, "UPDATE invitation SET workspace_id = ?", [eve.workspace.sqlValue]) == "storage.refused")
    }

    @Test("two members cannot have one address, whatever the program does")
    func oneAddress() async throws {
        let world = try await PeopleWorld()
        _ = try await world.found()
        _ = try await world.found("Harbour", owner: "eve@harbour.example")
        #expect(await refusal(world, "UPDATE member SET email = 'same@lantern.example'") == "storage.duplicate")
    }

    @Test("no token and no password is in the file")
    func nothingInClear() async throws {
        let world = try await PeopleWorld()
        let token = try #require(try await world.people.setup.makeToken()).text.reveal()
        let ada = try await world.found()
        let link = try await world.people.invitations.send(to: "bo@lantern.example", role: .agent, by: ada).token.text.reveal()
        let session = try await world.people.sessions.signIn(
            email: "ada@lantern.example", password: PeopleWorld.password, from: PeopleWorld.laptop
        ).session.token.text.reveal()
        let stored = try await world.database.read { connection in
            try ["workspace", "member", "session", "invitation", "invitation_shop", "setup"].flatMap { table in
                try connection.rows("SELECT * FROM \(table)").map { "\($0.values)" }
            }.joined()
        }
        #expect(stored.contains("ada@lantern.example"))
        for secret in [token, link, session, PeopleWorld.password.reveal()] { #expect(!stored.contains(secret)) }
    }
}
